import { incompatibleKubelets } from "@fairlead/network";
import { clusterType } from "@fairlead/resources";
import type { FastifyRequest } from "fastify";
import type { ApiContext } from "../api-context.ts";
import { noteChange } from "../audit/record.ts";
import { requireOwnerForUnsafeLabels } from "../authorization/unsafe-labels.ts";
import { badRequest } from "../http/api-error.ts";
import { requireMatch } from "../http/entity-tag.ts";
import type { JsonObject } from "../http/json-body.ts";
import { booleanParameter, isDryRun } from "../http/query.ts";
import { signalOf } from "../http/request-signal.ts";
import { retryConflicts } from "../http/retry-conflicts.ts";
import { withTrace } from "../http/trace-requests.ts";
import { editableCluster, toApiCluster } from "./api-cluster.ts";
import { type ClusterParams, readableCluster } from "./cluster-access.ts";
import { type AcceptedPatch, acceptPatch } from "./cluster-patch.ts";
import { kubeletVersions } from "./user-cluster.ts";

/**
 * Applies a merge patch to a cluster, and judges it anew on the newer object if another write comes between.
 * @throws ApiError 400 if the result is refused; 409 if others write all the time; 412 if the client has read another one
 */
export async function updateCluster(
  context: ApiContext,
  request: FastifyRequest<{ Params: ClusterParams }>,
  patch: JsonObject,
): Promise<AcceptedPatch> {
  const dryRun = isDryRun(request.query);
  const skipKubelets = booleanParameter(request.query, "skip_kubelet_version_validation");
  const { project_id: projectId, cluster_id: id } = request.params;
  const what = `cluster "${id}"`;
  return retryConflicts(what, async () => {
    const stored = await readableCluster(context, request, request.params);
    requireMatch(request, what, editableCluster(toApiCluster(stored)));
    const accepted = acceptPatch(stored, patch, await context.installation.read());
    requireOwnerForUnsafeLabels(request, accepted.cluster.metadata.labels, stored.metadata.labels);
    const { version, humanReadableName: name } = accepted.cluster.spec;
    if (!skipKubelets && version !== stored.spec.version) await requireFittingKubelets(context, request, version);
    const metadata = withTrace(accepted.cluster.metadata);
    const options = { fieldManager: "fairlead", dryRun };
    const store = () => context.management.replace(clusterType, { ...accepted.cluster, metadata }, options);
    const renamed = name !== stored.spec.humanReadableName;
    const cluster = renamed ? await context.clusterNames.claim({ projectId, name, id, dryRun }, store) : await store();
    noteChange(request, { before: stored, after: cluster });
    return { ...accepted, cluster };
  });
}

async function requireFittingKubelets(
  context: ApiContext,
  request: FastifyRequest<{ Params: ClusterParams }>,
  version: string,
): Promise<void> {
  const kubelets = await kubeletVersions(context, request.params.cluster_id, signalOf(request));
  const refused = incompatibleKubelets(kubelets, version);
  if (refused.length === 0) return;
  throw badRequest(
    `Cluster contains nodes running the following incompatible kubelet versions: [${refused.join(" ")}]. Upgrade your nodes before you upgrade the cluster.`,
  );
}
