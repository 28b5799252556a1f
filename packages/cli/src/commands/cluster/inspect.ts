import { type ApiClient, isNotFound } from "@fairlead/api-client";
import type { ApiCluster, ApiClusterHealth, ApiNode } from "@fairlead/resources";
import { nodesIfReachable } from "../../wait/wait-for-cluster.ts";

/** A cluster with what only it can tell. */
export interface Inspected {
  cluster: ApiCluster;
  health?: ApiClusterHealth;
  nodes?: readonly ApiNode[];
}

export async function inspect(api: ApiClient, projectId: string, cluster: ApiCluster): Promise<Inspected> {
  try {
    const [health, nodes] = await Promise.all([
      api.health(projectId, cluster.id),
      nodesIfReachable(api, projectId, cluster.id),
    ]);
    return { cluster, health, nodes };
  } catch (error) {
    if (isNotFound(error)) return { cluster }; // deleted meanwhile
    throw error;
  }
}

const atOnce = 8;

/** In the order of `clusters`, a few requests at a time. */
export async function inspectAll(
  api: ApiClient,
  projectId: string,
  clusters: readonly ApiCluster[],
): Promise<Inspected[]> {
  const inspected: Inspected[] = [];
  for (let from = 0; from < clusters.length; from += atOnce) {
    const some = clusters.slice(from, from + atOnce);
    inspected.push(...(await Promise.all(some.map((cluster) => inspect(api, projectId, cluster)))));
  }
  return inspected;
}
