import { defaultKubernetesVersion, kubernetesVersions } from "@fairlead/admission";
import { compareVersions } from "@fairlead/network";
import { type ApiMasterVersion, apiMasterVersionSchema } from "@fairlead/resources";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { ApiContext } from "../api-context.ts";
import { badRequest } from "../http/api-error.ts";
import { describeRoute } from "../openapi/describe-route.ts";
import { requireProvider } from "../provider.ts";

export function kubernetesVersionRoutes(app: FastifyInstance, { installation }: ApiContext): void {
  const offered = async (): Promise<ApiMasterVersion[]> => {
    const current = await installation.read();
    const preferred = defaultKubernetesVersion(current);
    return kubernetesVersions(current)
      .sort(compareVersions)
      .map((version) => (version === preferred ? { version, default: true } : { version }));
  };

  const answers = { 200: z.array(apiMasterVersionSchema) };
  const ofProvider = describeRoute({
    tag: "Catalogues",
    summary: "List the Kubernetes versions on offer for a provider, oldest first",
    query: { type: z.literal("kubernetes").optional() },
    answers,
  });
  app.get<{ Params: { provider: string }; Querystring: { type?: string } }>(
    "/api/v2/providers/:provider/versions",
    { schema: ofProvider },
    async (request) => {
      requireProvider(request.params.provider);
      const { type = "kubernetes" } = request.query;
      if (type !== "kubernetes")
        throw badRequest(`query parameter type: "${type}" is not supported, only kubernetes is`);
      return offered();
    },
  );

  const all = describeRoute({
    tag: "Catalogues",
    summary: "List the Kubernetes versions on offer, oldest first",
    answers,
  });
  app.get("/api/v1/upgrades/cluster", { schema: all }, offered);
}
