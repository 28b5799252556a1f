import { ApplySets, ApplySetVersions, applySetId, type KubeObject, type SetPlace } from "@fairlead/kube";
import { KUBE_SYSTEM } from "../names.ts";
import type { UserCluster } from "../user-clusters/user-clusters.ts";
import { SharedReads, type Touched } from "./shared-reads.ts";

/** What an Addon should be in its cluster. */
export interface Wanted {
  place: SetPlace;
  /** Another one whenever `render` may give something else. */
  input: string;
  render: () => Promise<readonly KubeObject[]>;
}

/**
 * Looks into user clusters, whose Addons are compared with them at the same time. What was in order once is in order while nobody
 * wrote to it and nothing else is wanted: that is seen by metadata alone, and nothing is rendered.
 */
export class Looks {
  readonly #sets: SharedReads<ApplySets>;
  readonly #versions: SharedReads<ApplySetVersions>;
  /** By cluster and apply set: what was wanted and the version that was there when both were the same. */
  readonly #inOrder = new WeakMap<UserCluster, Map<string, string>>();

  constructor(userClusters: Touched) {
    const options = ({ signal }: UserCluster) => ({ namespace: KUBE_SYSTEM, signal });
    this.#sets = new SharedReads(userClusters, (cluster) => ApplySets.read(cluster.client, options(cluster)));
    this.#versions = new SharedReads(userClusters, (cluster) =>
      ApplySetVersions.read(cluster.client, options(cluster)),
    );
  }

  /** Whether `applyObjects` would have sent and pruned nothing, at most a second ago. */
  async isInOrder(cluster: UserCluster, { place, input, render }: Wanted, signal?: AbortSignal): Promise<boolean> {
    const id = applySetId(place.parent);
    const known = this.#inOrder.get(cluster)?.get(id);
    const stateOf = (versions: ApplySetVersions) => `${input} ${versions.of(place.parent)}`;
    if (known?.startsWith(`${input} `) && stateOf(await this.#versions.read(cluster)) === known) return true;
    const [sets, objects] = await Promise.all([this.#sets.read(cluster), render()]);
    const isInOrder = await sets.isInOrder(objects, place, signal);
    if (isInOrder) this.#remember(cluster, id, stateOf(sets.versions));
    else this.#inOrder.get(cluster)?.delete(id);
    return isInOrder;
  }

  #remember(cluster: UserCluster, id: string, state: string): void {
    const known = this.#inOrder.get(cluster) ?? new Map<string, string>();
    this.#inOrder.set(cluster, known.set(id, state));
  }
}
