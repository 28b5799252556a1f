import { type Cluster, machineDeploymentType, upgradeNodesRequestSchema } from "@fairlead/resources";
import type { FastifyRequest } from "fastify";
import type { ApiContext } from "../api-context.ts";
import { type ClusterParams, readableCluster } from "../clusters/cluster-access.ts";
import { inUserCluster } from "../clusters/user-cluster.ts";
import { invalidObject } from "../http/api-error.ts";
import type { JsonObject } from "../http/json-body.ts";
import { isDryRun } from "../http/query.ts";
import { signalOf } from "../http/request-signal.ts";
import { shapeErrors } from "../http/shape-errors.ts";
import { machineNamespace } from "./node-deployment.ts";
import { kubeletErrors } from "./node-deployment-request.ts";

/**
 * Sets the kubelet version of every group of nodes; those that have it stay untouched.
 * @throws ApiError 400 for a version that does not go with the control plane; 503 until the cluster answers
 */
export async function upgradeNodes(
  context: ApiContext,
  request: FastifyRequest<{ Params: ClusterParams }>,
  body: JsonObject,
): Promise<void> {
  const dryRun = isDryRun(request.query);
  const cluster = await readableCluster(context, request, request.params);
  const kubelet = acceptVersion(body, cluster);
  await inUserCluster(context, request.params.cluster_id, async (client) => {
    const { items } = await client.list(machineDeploymentType, {
      namespace: machineNamespace,
      signal: signalOf(request),
    });
    const patch = { spec: { template: { spec: { versions: { kubelet } } } } };
    const others = items.filter(({ spec }) => spec.template?.spec?.versions?.kubelet !== kubelet);
    await Promise.all(
      others.map(({ metadata: { name = "" } }) =>
        client.mergePatch(machineDeploymentType, { name, namespace: machineNamespace }, patch, {
          fieldManager: "fairlead",
          dryRun,
        }),
      ),
    );
  });
}

function acceptVersion(body: JsonObject, cluster: Cluster): string {
  const parsed = upgradeNodesRequestSchema.safeParse(body, { reportInput: true });
  if (!parsed.success) throw invalidObject("request", shapeErrors(parsed.error));
  const errors = kubeletErrors(parsed.data.version, { field: "version", cluster });
  if (errors.length > 0) throw invalidObject("request", errors);
  return parsed.data.version.replace(/^v/, "");
}
