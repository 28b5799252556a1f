import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import type { FastifyInstance } from "fastify";
import { jsonSchemaTransform, jsonSchemaTransformObject } from "fastify-type-provider-zod";

const description = `Clusters, their network and their nodes. The API is that of the Kubermatic Kubernetes Platform, whose clients work unchanged; where
it differs, and how warnings, dry runs and concurrent writes work, is told in docs/rest-api.md.`;

/** Collects the descriptions of all routes that are registered after it. */
export function collectDescriptions(app: FastifyInstance, version: string): void {
  // Schemas describe and do not act: routes judge requests themselves, and answer exactly what they say.
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: "Fairlead", description, version },
      tags: ["Clusters", "Network", "Nodes", "Projects", "Members", "Users", "Catalogues", "System"].map((name) => ({
        name,
      })),
      components: {
        securitySchemes: {
          header: { type: "http", scheme: "bearer" },
          cookie: { type: "apiKey", in: "cookie", name: "token" },
          query: { type: "apiKey", in: "query", name: "token" },
        },
      },
      security: [{ header: [] }, { cookie: [] }, { query: [] }],
    },
    hideUntagged: true,
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
}

/** The document needs no token: it says nothing of what is stored. */
export function openApiRoutes(app: FastifyInstance): void {
  app.get("/api/openapi.json", async () => app.swagger());
}

/** The document as a page, with its own files only. */
export function openApiPage(app: FastifyInstance): void {
  app.register(swaggerUi, {
    routePrefix: "/api/docs",
    uiConfig: { docExpansion: "list", deepLinking: true },
    theme: { title: "Fairlead REST API" },
  });
}
