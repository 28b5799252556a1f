import { builtin, ConnectionError } from "@fairlead/kube";
import type { FastifyInstance } from "fastify";
import type { ApiContext } from "../api-context.ts";
import { unavailable } from "../http/api-error.ts";
import { signalOf } from "../http/request-signal.ts";
import { toApiClusterHealth } from "./api-cluster-health.ts";
import { toApiNode } from "./api-node.ts";
import { type ClusterParams, readableCluster } from "./cluster-access.ts";
import { adminKubeconfig } from "./kubeconfig.ts";

const cluster = "/api/v2/projects/:project_id/clusters/:cluster_id";

/** What a running cluster tells of itself. */
export function clusterStateRoutes(app: FastifyInstance, context: ApiContext): void {
  app.get<{ Params: ClusterParams }>(`${cluster}/health`, async (request) => {
    const { status } = await readableCluster(context, request, request.params);
    return toApiClusterHealth(status?.extendedHealth);
  });

  app.get<{ Params: ClusterParams }>(`${cluster}/nodes`, async (request) => {
    const { cluster_id: id } = request.params;
    await readableCluster(context, request, request.params);
    const client = context.userClusterClient(id);
    if (!client) throw unavailable(`cluster "${id}" is not ready yet: its API server does not answer`);
    const nodes = await client.list(builtin.Node, { signal: signalOf(request) }).catch((cause: unknown) => {
      if (!(cause instanceof ConnectionError)) throw cause;
      throw unavailable(`cluster "${id}" is not ready: its API server does not answer`, { cause });
    });
    return nodes.items.map(toApiNode).sort((a, b) => (a.name < b.name ? -1 : 1));
  });

  app.get<{ Params: ClusterParams }>(`${cluster}/kubeconfig`, async (request, reply) => {
    const { cluster_id: id } = request.params;
    await readableCluster(context, request, request.params);
    const kubeconfig = await adminKubeconfig(context.management, id, signalOf(request));
    return reply
      .type("application/octet-stream")
      .header("content-disposition", `attachment; filename=kubeconfig-admin-${id}`)
      .header("cache-control", "no-cache")
      .send(kubeconfig);
  });
}
