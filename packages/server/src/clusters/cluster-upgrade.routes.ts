import { catalogueOf } from "@fairlead/admission";
import {
  apiCniVersionsSchema,
  apiMasterVersionSchema,
  emptyAnswerSchema,
  structuralSchema,
  upgradeNodesRequestSchema,
} from "@fairlead/resources";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { ApiContext } from "../api-context.ts";
import { cniVersions } from "../cni/cni-versions.ts";
import { ApiError } from "../http/api-error.ts";
import { objectBody } from "../http/json-body.ts";
import { dryRunQuery, fieldValidationQuery } from "../http/query.ts";
import { signalOf } from "../http/request-signal.ts";
import { reportUnknownFields } from "../http/unknown-field-policy.ts";
import { upgradeNodes } from "../machine-deployments/upgrade-nodes.ts";
import { describeRoute } from "../openapi/describe-route.ts";
import { type ClusterParams, readableCluster } from "./cluster-access.ts";
import { kubernetesUpgrades } from "./kubernetes-upgrades.ts";
import { kubeletVersions } from "./user-cluster.ts";

const upgradeFields = structuralSchema(upgradeNodesRequestSchema);

/** What a cluster can be raised to, and its nodes with it. */
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

  const nodes = describeRoute({
    tag: "Nodes",
    summary: "Upgrade the kubelets of all groups of nodes of a cluster",
    description: "The nodes follow one after the other. A kubelet is never newer than the control plane.",
    query: { ...dryRunQuery, ...fieldValidationQuery },
    body: upgradeNodesRequestSchema,
    answers: { 200: emptyAnswerSchema },
  });
  app.put<{ Params: ClusterParams }>("/:cluster_id/nodes/upgrades", { schema: nodes }, async (request, reply) => {
    const body = objectBody(request.body);
    reportUnknownFields(upgradeFields, body, { request, reply });
    await upgradeNodes(context, request, body);
    return {};
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
