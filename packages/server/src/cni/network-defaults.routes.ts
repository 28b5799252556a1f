import { findDatacenter } from "@fairlead/admission";
import type { FastifyInstance } from "fastify";
import type { ApiContext } from "../api-context.ts";
import { badRequest, notFound } from "../http/api-error.ts";
import { requireProvider } from "../provider.ts";
import { networkDefaults } from "./network-defaults.ts";

interface NetworkDefaultsParams {
  Params: { provider: string; dc: string };
}

export function networkDefaultsRoutes(app: FastifyInstance, { installation }: ApiContext): void {
  app.get<NetworkDefaultsParams>("/api/v2/providers/:provider/dc/:dc/networkdefaults", async (request) => {
    const provider = requireProvider(request.params.provider);
    const { dc } = request.params;
    const current = await installation.read();
    const located = findDatacenter(current, dc);
    if (!located) throw notFound("datacenter", dc);
    if (located.datacenter.provider !== provider) {
      throw badRequest(`datacenter "${dc}" is of provider ${located.datacenter.provider}, not ${provider}`);
    }
    return networkDefaults(current, provider, dc);
  });
}
