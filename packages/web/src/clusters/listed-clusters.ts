import type { ApiCluster, ApiClusterHealth } from "@fairlead/resources";

/** A cluster as the list knows it; its health follows the first list at once, by the stream. */
export interface ListedCluster {
  cluster: ApiCluster;
  health?: ApiClusterHealth;
}

/** A message of the stream, as the server makes it. */
export interface LiveCluster extends Required<ListedCluster> {
  deleted: boolean;
}

/** The list after changes, by name. */
export function applyChanges(before: readonly ListedCluster[], changes: readonly LiveCluster[]): ListedCluster[] {
  const byId = new Map(before.map((listed) => [listed.cluster.id, listed]));
  for (const { deleted, cluster, health } of changes) {
    if (deleted) byId.delete(cluster.id);
    else byId.set(cluster.id, { cluster, health });
  }
  return [...byId.values()].sort(
    ({ cluster: a }, { cluster: b }) => a.name.localeCompare(b.name) || a.id.localeCompare(b.id),
  );
}
