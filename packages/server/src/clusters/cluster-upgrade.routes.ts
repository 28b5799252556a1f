import { catalogueOf } from "@fairlead/admission";
import { apiCniVersionsSchema, apiMasterVersionSchema } from "@fairlead/resources";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { ApiContext } from "../api-context.ts";
import { cniVersions } from "../cni/cni-versions.ts";
import { ApiError } from "../http/api-error.ts";
import { signalOf } from "../http/request-signal.ts";
import { describeRoute } from "../openapi/describe-route.ts";
import { type ClusterParams, readableCluster } from "./cluster-access.ts";
import { kubernetesUpgrades } from "./kubernetes-upgrades.ts";
import { kubeletVersions } from "./user-cluster.ts";

/** What a cluster can be raised to. */
export function clusterUpgradeRoutes(app: FastifyInstance, context: ApiContext): void {
  const upgrades = describeRoute({
    tag: "Clusters",
    summary: "List the Kubernetes versions that a cluster may be raised to, oldest first",
    answers: { 200: z.array(apiMasterVersionSchema) },
  });
  app.get<{ Params: ClusterParams }>("/:cluster_id/upgrades", { schema: upgrades }, async (request) => {
    const cluster = await readableCluster(context, request, request.params);
    const kubelets = await kubeletVersions(context, request.params.cluster_id, signalOf(request)).catch(noneYet);
    return kubernetesUpgrades(cluster, await context.installation.read(), kubelets);
  });

  const versions = describeRoute({
    tag: "Network",
    summary: "List the supported versions of a cluster's CNI",
    description: "Whether and how the cluster gets to each of them is told by its explanation.",
    answers: { 200: apiCniVersionsSchema },
  });
  app.get<{ Params: ClusterParams }>("/:cluster_id/cniversions", { schema: versions }, async (request) => {
    const { spec } = await readableCluster(context, request, request.params);
    return cniVersions(catalogueOf(await context.installation.read()), spec.cniPlugin?.type ?? "none");
  });
}

/** A cluster that is still being created has no nodes. */
function noneYet(error: unknown): string[] {
  if (error instanceof ApiError && error.statusCode === 503) return [];
  throw error;
}
