import type { Informer } from "@fairlead/kube";
import type { Cluster, CniRollout } from "@fairlead/resources";
import { Gauge, type Registry } from "prom-client";
import type { UserClusters } from "./user-clusters/user-clusters.ts";

export interface FleetMetricsOptions {
  clusters: Pick<Informer<Cluster>, "list">;
  rollouts: Pick<Informer<CniRollout>, "list">;
  userClusters: Pick<UserClusters, "counts">;
}

/** What the fleet is like; counted when it is scraped. Never a series for each cluster: there may be ten thousand. */
export function registerFleetMetrics(
  registry: Registry,
  { clusters, rollouts, userClusters }: FleetMetricsOptions,
): void {
  const registers = [registry];
  new Gauge({
    name: "fairlead_clusters",
    help: "Clusters by phase",
    labelNames: ["phase"],
    registers,
    collect() {
      this.reset();
      for (const { status } of clusters.list()) this.inc({ phase: status?.phase ?? "Pending" });
    },
  });
  new Gauge({
    name: "fairlead_cluster_conditions",
    help: "Clusters by condition and its status",
    labelNames: ["condition", "status"],
    registers,
    collect() {
      this.reset();
      for (const { status } of clusters.list()) {
        for (const [condition, { status: value }] of Object.entries(status?.conditions ?? {}))
          this.inc({ condition, status: value });
      }
    },
  });
  new Gauge({
    name: "fairlead_user_clusters",
    help: "User clusters that this replica is connected to, and those that do not answer",
    labelNames: ["state"],
    registers,
    collect() {
      for (const [state, count] of Object.entries(userClusters.counts)) this.set({ state }, count);
    },
  });
  new Gauge({
    name: "fairlead_cni_rollouts",
    help: "CNIRollouts by phase",
    labelNames: ["phase"],
    registers,
    collect() {
      this.reset();
      for (const { status } of rollouts.list()) this.inc({ phase: status?.phase ?? "Pending" });
    },
  });
}
