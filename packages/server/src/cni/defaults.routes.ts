import { apiClusterSchema, apiNetworkDefaultsSchema } from "@fairlead/resources";
import type { FastifyInstance } from "fastify";
import type { ApiContext } from "../api-context.ts";
import { defaultCluster } from "../clusters/default-cluster.ts";
import { type ProviderDatacenterParams, requireProviderDatacenter } from "../datacenters/provider-datacenter.ts";
import { describeRoute } from "../openapi/describe-route.ts";
import { networkDefaults } from "./network-defaults.ts";

const datacenter = "/api/v2/providers/:provider/dc/:dc";

/** What a cluster gets whose creator does not say. */
export function defaultsRoutes(app: FastifyInstance, context: ApiContext): void {
  const { installation } = context;

  const network = describeRoute({
    tag: "Network",
    summary: "Show the network that a cluster gets by default, in both IP families",
    answers: { 200: apiNetworkDefaultsSchema },
  });
  app.get<{ Params: ProviderDatacenterParams }>(
    `${datacenter}/networkdefaults`,
    { schema: network },
    async (request) => {
      const { provider, dc } = await requireProviderDatacenter(context, request.params);
      return networkDefaults(await installation.read(), provider, dc);
    },
  );

  const cluster = describeRoute({
    tag: "Network",
    summary: "Show the cluster that one gets by default",
    description: "Given a name, it can be created as it is.",
    answers: { 200: apiClusterSchema },
  });
  app.get<{ Params: ProviderDatacenterParams }>(
    `${datacenter}/defaultcluster`,
    { schema: cluster },
    async (request) => {
      const { provider, dc } = await requireProviderDatacenter(context, request.params);
      return defaultCluster(await installation.read(), provider, dc);
    },
  );
}
