import { Informer, type KubeObject, type ResourceType } from "@fairlead/kube";
import type { Logger } from "pino";
import { untilNextLookMs } from "../look-interval.ts";
import type { UserCluster, UserClusters } from "./user-clusters.ts";

export interface UserClusterInformersOptions<T extends KubeObject> {
  userClusters: UserClusters;
  type: ResourceType<T>;
  logger: Logger;
  /** Called for each object that appears, changes or goes away, with the cluster's id. */
  onChange: (clusterId: string, object: T) => void;
  /** Called once all objects of a cluster are known, also if there are none. */
  onSynced: (clusterId: string) => void;
  /** After what time a cluster that sleeps is asked for its objects; left out: at its next look. */
  pollMs?: number;
}

/** Of a cluster whose objects are not known yet. */
const firstPollRetryMs = 5_000;

/**
 * One informer for each connected user cluster; it ends when the cluster is disconnected. While a cluster sleeps its objects are
 * kept and compared with a list from time to time; a change wakes it.
 */
export class UserClusterInformers<T extends KubeObject> {
  readonly #informers = new Map<string, Informer<T>>();
  readonly #polls = new Map<string, NodeJS.Timeout>();
  readonly #options: UserClusterInformersOptions<T>;

  constructor(options: UserClusterInformersOptions<T>) {
    this.#options = options;
    options.userClusters.onConnect((cluster) => this.#follow(cluster));
    options.userClusters.onAwake((cluster, awake) => this.#watch(cluster, awake));
  }

  /** Undefined while the cluster is not connected or its objects are not all known yet. */
  get(clusterId: string): Informer<T> | undefined {
    const informer = this.#informers.get(clusterId);
    return informer?.hasSynced ? informer : undefined;
  }

  /** The objects of all clusters, with the cluster's id. */
  *all(): Generator<[clusterId: string, object: T]> {
    for (const [id, informer] of this.#informers) {
      for (const object of informer.list()) yield [id, object];
    }
  }

  #follow(cluster: UserCluster): void {
    const { type, logger, onChange, userClusters } = this.#options;
    const informer = new Informer<T>({ client: cluster.client, type, logger: logger.child({ Cluster: cluster.id }) });
    this.#informers.set(cluster.id, informer);
    const changed = (object: T) => {
      userClusters.touch(cluster.id);
      onChange(cluster.id, object);
    };
    informer.addHandler({
      onAdd: (object, initial) => (initial ? onChange(cluster.id, object) : changed(object)),
      onUpdate: (_old, object) => changed(object),
      onDelete: changed,
    });
    cluster.signal.addEventListener("abort", () => {
      if (this.#informers.get(cluster.id) !== informer) return;
      this.#informers.delete(cluster.id);
      this.#stopPolling(cluster.id);
    });
    informer.synced(cluster.signal).then(
      () => this.#options.onSynced(cluster.id),
      () => undefined, // Disconnected before.
    );
    if (!userClusters.isAwake(cluster.id)) this.#poll(cluster, 0);
  }

  #watch(cluster: UserCluster, awake: AbortSignal): void {
    this.#stopPolling(cluster.id);
    this.#informers.get(cluster.id)?.start(awake);
    awake.addEventListener("abort", () => this.#poll(cluster), { once: true });
  }

  #poll(cluster: UserCluster, afterMs = this.#untilNextPollMs(cluster)): void {
    const { id, signal } = cluster;
    if (signal.aborted || this.#options.userClusters.isAwake(id)) return;
    const look = async () => {
      await this.#informers.get(id)?.refresh(signal);
      this.#poll(cluster);
    };
    const timer = setTimeout(() => {
      look().catch((error: unknown) => {
        if (signal.aborted) return;
        this.#options.logger.debug({ err: error, Cluster: id }, "Looking into a sleeping cluster failed");
        this.#poll(cluster, this.get(id) ? undefined : firstPollRetryMs);
      });
    }, afterMs);
    timer.unref();
    this.#polls.set(id, timer);
  }

  /** With everybody else's look: a connection for each of them would cost more than what is asked over it. */
  #untilNextPollMs({ id }: UserCluster): number {
    return this.#options.pollMs ?? untilNextLookMs(id, this.#informers.size, Date.now());
  }

  #stopPolling(id: string): void {
    clearTimeout(this.#polls.get(id));
    this.#polls.delete(id);
  }
}
