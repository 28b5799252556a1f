import { ApplySets } from "@fairlead/kube";
import { KUBE_SYSTEM } from "../names.ts";
import type { UserCluster, UserClusters } from "../user-clusters/user-clusters.ts";

/** What was read is kept, and told to others, for so long. */
const freshMs = 1_000;

interface Look {
  sets: Promise<ApplySets>;
  /** On `performance.now()`'s clock. */
  since: number;
}

/**
 * Looks into user clusters, whose Addons are compared with them at the same time: they share what is read. A look that began before
 * something happened in the cluster is not shared any more.
 */
export class Looks {
  readonly #userClusters: Pick<UserClusters, "touchedMs">;
  readonly #looks = new WeakMap<UserCluster, Look>();

  constructor(userClusters: Pick<UserClusters, "touchedMs">) {
    this.#userClusters = userClusters;
  }

  /** All Addons' objects, as they were at most a second ago. */
  look(cluster: UserCluster): Promise<ApplySets> {
    const known = this.#looks.get(cluster);
    const since = performance.now();
    const touched = this.#userClusters.touchedMs(cluster.id) ?? since;
    if (known && known.since > touched) return known.sets;
    const sets = ApplySets.read(cluster.client, { namespace: KUBE_SYSTEM, signal: cluster.signal });
    const look = { sets, since };
    this.#looks.set(cluster, look);
    const forget = () => {
      if (this.#looks.get(cluster) === look) this.#looks.delete(cluster);
    };
    setTimeout(forget, freshMs).unref();
    sets.catch(forget);
    return sets;
  }
}
