import { creationContext } from "@fairlead/admission";
import { plainCatalogue } from "@fairlead/network";
import { apiClusterSchema, apiNetworkDefaultsSchema, apiRuleContextSchema } from "@fairlead/resources";
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

  const rules = describeRoute({
    tag: "Network",
    summary: "Tell what the network rules need to know to judge a new cluster",
    description: "With it, a client that has the rules says the same as the server, before anything is sent.",
    answers: { 200: apiRuleContextSchema },
  });
  app.get<{ Params: ProviderDatacenterParams }>(`${datacenter}/rulecontext`, { schema: rules }, async (request) => {
    const { provider, dc } = await requireProviderDatacenter(context, request.params);
    const known = creationContext(await installation.read(), dc);
    return {
      provider,
      datacenter: known.datacenter,
      catalogue: plainCatalogue(known.catalogue),
      kubernetesVersions: known.kubernetesVersions,
      seedDefaults: known.seedDefaults ?? {},
      ...(known.template ? { template: known.template } : {}),
    };
  });
}
