/**
 * Which clusters a manager works on, and whom they belong to. Pure.
 * @module
 */
import type { GroupPath, Request } from "@fairlead/kube";
import { type Cluster, clusterNamespace, projectLabel, type Seed } from "@fairlead/resources";

/** KKP's label: only the manager that was started with this name works on the cluster; without it, the one without a name. */
const workerNameLabel = "worker-name";

export function ownsCluster(workerName: string, cluster: Cluster | undefined): boolean {
  // What is left of a cluster that is gone, anybody may clean up.
  return cluster === undefined || (cluster.metadata.labels?.[workerNameLabel] ?? "") === workerName;
}

/** The id of the cluster that a request is about: named in it, or by the namespace of the object, or the object itself. */
export function clusterIdOf({ cluster, namespace, name }: Request): string {
  if (cluster !== undefined) return cluster;
  const prefix = clusterNamespace("");
  return namespace?.startsWith(prefix) ? namespace.slice(prefix.length) : name;
}

export interface Belonging {
  cluster: Cluster | undefined;
  id: string;
  seedsByDatacenter: ReadonlyMap<string, string>;
  /** Does not answer, or takes its time. */
  isSlow: boolean;
}

const slowLane = "slow clusters";

/**
 * Seed, project and cluster: one that has much to do must not hold up the others. All clusters that are slow share a small part of
 * the workers.
 */
export function groupsOf({ cluster, id, seedsByDatacenter, isSlow }: Belonging): GroupPath {
  if (isSlow) return [slowLane, id];
  const seed = seedsByDatacenter.get(cluster?.spec.cloud.dc ?? "") ?? "";
  return [seed, cluster?.metadata.labels?.[projectLabel] ?? "", id];
}

/** Datacenter -> seed. */
export function seedsByDatacenter(seeds: readonly Seed[]): Map<string, string> {
  return new Map(
    seeds.flatMap(({ metadata, spec }) =>
      Object.keys(spec.datacenters ?? {}).map((datacenter) => [datacenter, metadata.name ?? ""] as const),
    ),
  );
}

/** How many of a controller's workers may be for one group of {@link groupsOf} at once. */
export function fairLimit(concurrency: number, [outermost, ...inner]: GroupPath): number {
  const shares = outermost === slowLane ? slowShares : swiftShares;
  return Math.max(1, Math.floor(concurrency * (shares[inner.length] ?? 1)));
}

/** Of a seed, a project and a cluster. */
const swiftShares = [3 / 4, 5 / 8, 1 / 4];
const slowShares = [1 / 4, 1 / 8];
