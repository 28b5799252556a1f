import type { EventRecorder, EventText, Informer } from "@fairlead/kube";
import { type Addon, type Cluster, clusterType } from "@fairlead/resources";
import { addonEvents, addonsApplied, clusterEvents, isAddonApplied } from "./plan.ts";

const gatherMs = 2_000;

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
  /** Add-ons that were applied a moment ago, by cluster id. */
  readonly #applied = new Map<string, Set<string>>();

  constructor(options: ClusterEventsOptions) {
    this.#options = options;
    options.clusters.addHandler({
      onUpdate: (old, cluster) => this.#record(cluster, clusterEvents(old, cluster)),
    });
    options.addons.addHandler({
      onUpdate: (old, addon) => {
        const cluster = options.clusters.get(addon.spec.cluster.name ?? "");
        if (!cluster) return;
        this.#record(cluster, addonEvents(old, addon, cluster));
        if (isAddonApplied(old, addon, cluster)) this.#gather(cluster, addon.spec.name);
      },
    });
  }

  #gather(cluster: Cluster, addon: string): void {
    const id = cluster.metadata.name ?? "";
    const known = this.#applied.get(id);
    if (known) {
      known.add(addon);
      return;
    }
    const names = new Set([addon]);
    this.#applied.set(id, names);
    setTimeout(() => {
      this.#applied.delete(id);
      this.#record(this.#options.clusters.get(id) ?? cluster, [addonsApplied(names)]);
    }, gatherMs).unref();
  }

  #record(cluster: Cluster, texts: readonly EventText[]): void {
    if (texts.length === 0 || !this.#options.owns(cluster)) return;
    const { apiVersion, kind } = clusterType;
    for (const text of texts) void this.#options.recorder.record({ ...cluster, apiVersion, kind }, text);
  }
}
