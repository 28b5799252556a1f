import { defaultKubernetesVersion, kubernetesVersions } from "@fairlead/admission";
import { compareVersions } from "@fairlead/network";
import type { ApiMasterVersion } from "@fairlead/resources";
import type { FastifyInstance } from "fastify";
import type { ApiContext } from "../api-context.ts";
import { badRequest } from "../http/api-error.ts";
import { requireProvider } from "../provider.ts";

export function kubernetesVersionRoutes(app: FastifyInstance, { installation }: ApiContext): void {
  const offered = async (): Promise<ApiMasterVersion[]> => {
    const current = await installation.read();
    const preferred = defaultKubernetesVersion(current);
    return kubernetesVersions(current)
      .sort(compareVersions)
      .map((version) => (version === preferred ? { version, default: true } : { version }));
  };

  app.get<{ Params: { provider: string }; Querystring: { type?: string } }>(
    "/api/v2/providers/:provider/versions",
    async (request) => {
      requireProvider(request.params.provider);
      const { type = "kubernetes" } = request.query;
      if (type !== "kubernetes")
        throw badRequest(`query parameter type: "${type}" is not supported, only kubernetes is`);
      return offered();
    },
  );

  app.get("/api/v1/upgrades/cluster", offered);
}
