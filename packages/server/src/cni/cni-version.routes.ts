import { catalogueOf } from "@fairlead/admission";
import { supportedVersions } from "@fairlead/network";
import { type ApiCniVersions, cniPluginTypes } from "@fairlead/resources";
import type { FastifyInstance } from "fastify";
import type { ApiContext } from "../api-context.ts";
import { badRequest } from "../http/api-error.ts";

export function cniVersionRoutes(app: FastifyInstance, { installation }: ApiContext): void {
  app.get<{ Params: { cni_plugin_type: string } }>(
    "/api/v2/cni/:cni_plugin_type/versions",
    async (request): Promise<ApiCniVersions> => {
      const { cni_plugin_type: cniPluginType } = request.params;
      if (!cniPluginTypes.some((type) => type === cniPluginType)) {
        throw badRequest(
          `CNI plugin type "${cniPluginType}" not supported. Supported types: [${cniPluginTypes.join(" ")}]`,
        );
      }
      const versions = supportedVersions(catalogueOf(await installation.read()), cniPluginType);
      // By their text, not by version: KKP's clients sort again and expect nothing else.
      return { cniPluginType, versions: versions.map(({ version }) => version).sort() };
    },
  );
}
