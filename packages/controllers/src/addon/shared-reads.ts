import type { UserCluster, UserClusters } from "../user-clusters/user-clusters.ts";

/** What was read is kept, and told to others, for so long. */
const freshMs = 1_000;

interface Read<T> {
  result: Promise<T>;
  /** On `performance.now()`'s clock. */
  since: number;
}

export type Touched = Pick<UserClusters, "touchedMs">;

/**
 * Who wants to read the same of a user cluster at the same time shares it, as it was at most a second ago. What was begun before
 * something happened in the cluster is not shared any more.
 */
export class SharedReads<T> {
  readonly #userClusters: Touched;
  readonly #readAnew: (cluster: UserCluster) => Promise<T>;
  readonly #reads = new WeakMap<UserCluster, Read<T>>();

  constructor(userClusters: Touched, read: (cluster: UserCluster) => Promise<T>) {
    this.#userClusters = userClusters;
    this.#readAnew = read;
  }

  read(cluster: UserCluster): Promise<T> {
    const known = this.#reads.get(cluster);
    const since = performance.now();
    const touched = this.#userClusters.touchedMs(cluster.id) ?? since;
    if (known && known.since > touched) return known.result;
    const read = { result: this.#readAnew(cluster), since };
    this.#reads.set(cluster, read);
    const forget = () => {
      if (this.#reads.get(cluster) === read) this.#reads.delete(cluster);
    };
    setTimeout(forget, freshMs).unref();
    read.result.catch(forget);
    return read.result;
  }
}
