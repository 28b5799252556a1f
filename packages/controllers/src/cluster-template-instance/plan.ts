/**
 * Which clusters a ClusterTemplateInstance still has to create. Each of its places has a cluster id that follows from the
 * instance and the place alone: whoever was interrupted finds out by the id what is there, and creates nothing twice.
 * @module
 */
import { createHash } from "node:crypto";
import type { Cluster, ClusterTemplateInstance, InstantiatedCluster } from "@fairlead/resources";

export interface PlannedCluster {
  /** Index of its place. */
  readonly place: number;
  readonly id: string;
  /** Name that people use. */
  readonly name: string;
}

export interface InstancePlan {
  /** What is known of each place so far; undefined for one that was not tried yet. */
  readonly places: readonly (InstantiatedCluster | undefined)[];
  /** In order; the refused ones are tried again. */
  readonly missing: readonly PlannedCluster[];
}

/**
 * A cluster that was created counts even when it is deleted later: it is not created again.
 * @param clusters of the project, as stored
 * @param baseName that the clusters' names begin with
 */
export function planInstance(
  instance: ClusterTemplateInstance,
  clusters: readonly Cluster[],
  baseName: string,
): InstancePlan {
  const { uid = "" } = instance.metadata;
  const known = instance.status?.clusters ?? [];
  const stored = new Map(clusters.map((cluster) => [cluster.metadata.name, cluster]));
  const count = Math.max(instance.spec.replicas, known.length);
  const places = Array.from({ length: count }, (_, place): InstantiatedCluster | undefined => {
    const id = clusterId(uid, place);
    const found = stored.get(id);
    return found ? { name: found.spec.humanReadableName, state: "Created", id } : known[place];
  });
  const names = new Names(baseName, clusters);
  const missing = places.slice(0, instance.spec.replicas).flatMap((entry, place): PlannedCluster[] => {
    if (entry?.state === "Created") return [];
    return [{ place, id: clusterId(uid, place), name: names.take(entry?.name) }];
  });
  return { places, missing };
}

/** `base-1`, `base-2`, …, without those that clusters of the project have. */
class Names {
  readonly #base: string;
  readonly #taken: Set<string>;
  #last = 0;

  constructor(base: string, clusters: readonly Cluster[]) {
    this.#base = base;
    this.#taken = new Set(clusters.map(({ spec }) => spec.humanReadableName));
  }

  /** The preferred one if it is free. */
  take(preferred: string | undefined): string {
    let name = preferred;
    while (name === undefined || this.#taken.has(name)) name = `${this.#base}-${++this.#last}`;
    this.#taken.add(name);
    return name;
  }
}

const idLength = 10;

/** Ten of `[a-z0-9]`, a letter first, as all clusters have. */
export function clusterId(instanceUid: string, place: number): string {
  const digest = createHash("sha256").update(`${instanceUid}/${place}`).digest("hex");
  const text = BigInt(`0x${digest}`).toString(36);
  const first = String.fromCharCode("a".charCodeAt(0) + (Number.parseInt(digest.slice(0, 4), 16) % 26));
  return first + text.slice(-(idLength - 1));
}
