import type { EventRecorder, EventText, Informer } from "@fairlead/kube";
import {
  type Addon,
  type ApplicationInstallation,
  applicationManagedByLabel,
  applicationManagedByValue,
  applicationTypeCni,
  applicationTypeLabel,
  type Cluster,
  clusterType,
} from "@fairlead/resources";
import { addonEvents, clusterEvents, cniApplicationEvents } from "./plan.ts";

export interface ClusterEventsOptions {
  recorder: EventRecorder;
  clusters: Informer<Cluster>;
  addons: Informer<Addon>;
}

/** Records what happens to clusters as events on them, for whoever watches. Best effort: nothing depends on an event. */
export class ClusterEvents {
  readonly #options: ClusterEventsOptions;
  /** The last seen state of each cluster's CNI application. */
  readonly #cniApplications = new Map<string, ApplicationInstallation>();

  constructor(options: ClusterEventsOptions) {
    this.#options = options;
    options.clusters.addHandler({
      onUpdate: (old, cluster) => this.#record(cluster, clusterEvents(old, cluster)),
      onDelete: ({ metadata }) => this.#cniApplications.delete(metadata.name ?? ""),
    });
    options.addons.addHandler({
      onUpdate: (old, addon) => {
        const cluster = options.clusters.get(addon.spec.cluster.name ?? "");
        if (cluster) this.#record(cluster, addonEvents(old, addon, cluster));
      },
    });
  }

  /** To be called with each state of a user cluster's applications; what is there when it is first seen is no news. */
  applicationChanged(clusterId: string, installation: ApplicationInstallation): void {
    const { labels, deletionTimestamp } = installation.metadata;
    const isCni =
      labels?.[applicationManagedByLabel] === applicationManagedByValue &&
      labels[applicationTypeLabel] === applicationTypeCni;
    const cluster = this.#options.clusters.get(clusterId);
    if (!isCni || !cluster || deletionTimestamp) return;
    const before = this.#cniApplications.get(clusterId);
    this.#cniApplications.set(clusterId, installation);
    if (before) this.#record(cluster, cniApplicationEvents(before, installation));
  }

  #record(cluster: Cluster, texts: readonly EventText[]): void {
    const { apiVersion, kind } = clusterType;
    for (const text of texts) void this.#options.recorder.record({ ...cluster, apiVersion, kind }, text);
  }
}
