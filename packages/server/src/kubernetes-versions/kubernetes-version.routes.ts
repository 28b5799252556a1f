import { defaultKubernetesVersion, kubernetesVersions } from "@fairlead/admission";
import { compareVersions, incompatibleKubelets, parseVersion } from "@fairlead/network";
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

  const ofNodes = describeRoute({
    tag: "Catalogues",
    summary: "List the Kubernetes versions that nodes may have under a control plane, oldest first",
    query: {
      control_plane_version: z.string().describe("For example 1.36.3."),
      type: z.literal("kubernetes").optional(),
    },
    answers,
  });
  app.get<{ Querystring: { control_plane_version?: string } }>(
    "/api/v1/upgrades/node",
    { schema: ofNodes },
    async (request) => {
      const { control_plane_version: controlPlane = "" } = request.query;
      if (!parseVersion(controlPlane))
        throw badRequest(
          `query parameter control_plane_version: "${controlPlane}" is no version; expected one such as 1.36.3`,
        );
      return (await offered()).filter(({ version }) => isForNodes(version, controlPlane));
    },
  );
}

function isForNodes(version: string, controlPlane: string): boolean {
  return compareVersions(version, controlPlane) <= 0 && incompatibleKubelets([version], controlPlane).length === 0;
}
