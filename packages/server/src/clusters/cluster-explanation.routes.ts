import { ruleContext } from "@fairlead/admission";
import { explainCluster, explainVersions } from "@fairlead/network";
import { apiClusterExplanationSchema } from "@fairlead/resources";
import type { FastifyInstance } from "fastify";
import type { ApiContext } from "../api-context.ts";
import { describeRoute } from "../openapi/describe-route.ts";
import { type ClusterParams, readableCluster } from "./cluster-access.ts";

/** Fairlead's addition to KKP's API. */
export function clusterExplanationRoutes(app: FastifyInstance, context: ApiContext): void {
  const schema = describeRoute({
    tag: "Network",
    summary: "Explain a cluster's network: where each value comes from, and where its CNI can go",
    answers: { 200: apiClusterExplanationSchema },
  });
  app.get<{ Params: ClusterParams }>("/:cluster_id/explain", { schema }, async (request) => {
    const { metadata, spec } = await readableCluster(context, request, request.params);
    const state = { spec, labels: metadata.labels ?? {} };
    const rules = ruleContext(await context.installation.read(), spec.cloud.dc);
    return { fields: explainCluster(state, rules), cniVersions: explainVersions(state, rules) };
  });
}
