import { Informer, type KubeObject, type ResourceType } from "@fairlead/kube";
import type { Logger } from "pino";
import type { UserCluster, UserClusters } from "./user-clusters.ts";

export interface UserClusterInformersOptions<T extends KubeObject> {
  userClusters: UserClusters;
  type: ResourceType<T>;
  logger: Logger;
  /** Called for each object that appears, changes or goes away, with the cluster's id. */
  onChange: (clusterId: string, object: T) => void;
  /** Called once all objects of a cluster are known, also if there are none. */
  onSynced: (clusterId: string) => void;
}

/** One informer for each connected user cluster; it ends when the cluster is disconnected. */
export class UserClusterInformers<T extends KubeObject> {
  readonly #informers = new Map<string, Informer<T>>();
  readonly #options: UserClusterInformersOptions<T>;

  constructor(options: UserClusterInformersOptions<T>) {
    this.#options = options;
    options.userClusters.onConnect((cluster) => this.#follow(cluster));
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
    const { type, logger, onChange } = this.#options;
    const informer = new Informer<T>({ client: cluster.client, type, logger: logger.child({ Cluster: cluster.id }) });
    this.#informers.set(cluster.id, informer);
    const changed = (object: T) => onChange(cluster.id, object);
    informer.addHandler({ onAdd: changed, onUpdate: (_old, object) => changed(object), onDelete: changed });
    cluster.signal.addEventListener("abort", () => {
      if (this.#informers.get(cluster.id) === informer) this.#informers.delete(cluster.id);
    });
    informer.start(cluster.signal);
    informer.synced(cluster.signal).then(
      () => this.#options.onSynced(cluster.id),
      () => undefined, // Disconnected before.
    );
  }
}
