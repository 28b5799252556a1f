import { creationContext, templateProblems } from "@fairlead/admission";
import { explainCluster, explainVersions } from "@fairlead/network";
import {
  apiClusterExplanationSchema,
  type Cluster,
  clusterTemplateAnnotation,
  clusterTemplateType,
} from "@fairlead/resources";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { ApiContext } from "../api-context.ts";
import { signalOf } from "../http/request-signal.ts";
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
    const cluster = await readableCluster(context, request, request.params);
    const { metadata, spec } = cluster;
    const state = { spec, labels: metadata.labels ?? {} };
    const rules = creationContext(
      await context.installation.read(),
      spec.cloud.dc,
      await templateOf(context, request, cluster),
    );
    return { fields: explainCluster(state, rules), cniVersions: explainVersions(state, rules) };
  });
}

/** The template that the cluster was made from, as it is today: it may have changed since, or be gone. */
async function templateOf({ management }: ApiContext, request: FastifyRequest, cluster: Cluster) {
  const name = cluster.metadata.annotations?.[clusterTemplateAnnotation];
  if (!name) return undefined;
  const template = await management.find(clusterTemplateType, { name }, { signal: signalOf(request) });
  return templateProblems(cluster, template).length === 0 ? template : undefined;
}
