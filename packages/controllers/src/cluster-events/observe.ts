import type { EventRecorder, EventText, Informer } from "@fairlead/kube";
import { type Addon, type Cluster, clusterType } from "@fairlead/resources";
import { addonEvents, clusterEvents } from "./plan.ts";

export interface ClusterEventsOptions {
  recorder: EventRecorder;
  clusters: Informer<Cluster>;
  addons: Informer<Addon>;
  /** Those of other managers they tell themselves. */
  owns: (cluster: Cluster) => boolean;
}

/** Records what happens to clusters as events on them, for whoever watches. Best effort: nothing depends on an event. */
export class ClusterEvents {
  readonly #options: ClusterEventsOptions;

  constructor(options: ClusterEventsOptions) {
    this.#options = options;
    options.clusters.addHandler({
      onUpdate: (old, cluster) => this.#record(cluster, clusterEvents(old, cluster)),
    });
    options.addons.addHandler({
      onUpdate: (old, addon) => {
        const cluster = options.clusters.get(addon.spec.cluster.name ?? "");
        if (cluster) this.#record(cluster, addonEvents(old, addon, cluster));
      },
    });
  }

  #record(cluster: Cluster, texts: readonly EventText[]): void {
    if (texts.length === 0 || !this.#options.owns(cluster)) return;
    const { apiVersion, kind } = clusterType;
    for (const text of texts) void this.#options.recorder.record({ ...cluster, apiVersion, kind }, text);
  }
}
