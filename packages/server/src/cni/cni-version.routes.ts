import { catalogueOf } from "@fairlead/admission";
import { plainCatalogue } from "@fairlead/network";
import { apiCniCatalogueSchema, apiCniVersionsSchema, cniPluginTypes } from "@fairlead/resources";
import type { FastifyInstance } from "fastify";
import type { ApiContext } from "../api-context.ts";
import { badRequest } from "../http/api-error.ts";
import { describeRoute } from "../openapi/describe-route.ts";
import { cniVersions } from "./cni-versions.ts";

export function cniVersionRoutes(app: FastifyInstance, { installation }: ApiContext): void {
  const all = describeRoute({
    tag: "Network",
    summary: "Show every version of every CNI, with what is known of it",
    answers: { 200: apiCniCatalogueSchema },
  });
  app.get("/api/v2/cni/catalogue", { schema: all }, async () => plainCatalogue(catalogueOf(await installation.read())));

  const schema = describeRoute({
    tag: "Network",
    summary: "List the supported versions of a CNI",
    answers: { 200: apiCniVersionsSchema },
  });
  app.get<{ Params: { cni_plugin_type: string } }>(
    "/api/v2/cni/:cni_plugin_type/versions",
    { schema },
    async (request) => {
      const { cni_plugin_type: type } = request.params;
      if (!cniPluginTypes.some((known) => known === type)) {
        throw badRequest(`CNI plugin type "${type}" not supported. Supported types: [${cniPluginTypes.join(" ")}]`);
      }
      return cniVersions(catalogueOf(await installation.read()), type);
    },
  );
}
