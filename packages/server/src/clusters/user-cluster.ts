import { builtin, ConnectionError, type KubeClient } from "@fairlead/kube";
import type { ApiContext } from "../api-context.ts";
import { unavailable } from "../http/api-error.ts";

/** Client of a cluster's own API server. @throws ApiError 503 until it can be worked with */
async function userCluster(context: ApiContext, id: string): Promise<KubeClient> {
  const client = await context.userClusterClient(id);
  if (!client) throw unavailable(`cluster "${id}" is not ready yet: its API server does not answer`);
  return client;
}

/** Runs calls to a cluster's own API server; that this server does not answer is 503 and names the cluster. */
export async function inUserCluster<T>(
  context: ApiContext,
  id: string,
  run: (client: KubeClient) => Promise<T>,
): Promise<T> {
  try {
    return await run(await userCluster(context, id));
  } catch (cause) {
    if (!(cause instanceof ConnectionError)) throw cause;
    throw unavailable(`cluster "${id}" is not ready: its API server does not answer`, { cause });
  }
}

/** Versions that the kubelets of a cluster's nodes report, one a node. @throws ApiError 503 until its API server answers */
export async function kubeletVersions(context: ApiContext, id: string, signal: AbortSignal): Promise<string[]> {
  const { items } = await inUserCluster(context, id, (client) => client.list(builtin.Node, { signal }));
  return items.map(({ status }) => status?.nodeInfo?.kubeletVersion ?? "");
}
