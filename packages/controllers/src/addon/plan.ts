/**
 * What an Addon needs next. Pure.
 * @module
 */
import { addonObstacle, type CniType } from "@fairlead/network";
import { type Addon, addonEnsureLabel, type Cluster } from "@fairlead/resources";

export const ADDON_FINALIZER = "cleanup-manifests";

export interface AddonSituation {
  addon: Addon;
  cluster: Cluster | undefined;
  /** Whether the user cluster's API server can be talked to. */
  isConnected: boolean;
}

export type AddonPlan =
  /** Nothing to do until something changes; `because` for the operator. */
  | { action: "wait"; because: string }
  | { action: "add-finalizer" }
  | { action: "remove-finalizer" }
  | { action: "remove-objects" }
  | { action: "refuse"; reason: "NotForThisCluster"; message: string }
  | { action: "apply"; drift: "repair" | "ignore" };

export function planAddon({ addon, cluster, isConnected }: AddonSituation): AddonPlan {
  const hasFinalizer = addon.metadata.finalizers?.includes(ADDON_FINALIZER) ?? false;
  const clusterGoes = cluster === undefined || cluster.metadata.deletionTimestamp !== undefined;
  if (addon.metadata.deletionTimestamp) {
    if (!hasFinalizer) return { action: "wait", because: "others hold it" };
    // With its cluster go the objects of an Addon; only a living cluster has to be cleaned.
    if (clusterGoes) return { action: "remove-finalizer" };
    if (cluster.spec.pause) return { action: "wait", because: "the cluster is paused" };
    // Connecting brings the request back. Letting go now would leave the objects to nobody.
    return isConnected ? { action: "remove-objects" } : { action: "wait", because: "the cluster does not answer" };
  }
  if (clusterGoes) return { action: "wait", because: "the cluster goes" };
  if (cluster.spec.pause) return { action: "wait", because: "the cluster is paused" };
  // It stays as it is until the CNI that takes its place runs: for its new mode there is no kube-proxy.
  if (addon.spec.name === "kube-proxy" && cluster.spec.clusterNetwork?.proxyMode === "ebpf") {
    return { action: "wait", because: "the CNI takes its place" };
  }
  if (!hasFinalizer) return { action: "add-finalizer" }; // The write comes back as an event.
  const obstacle = addonObstacle(addon.spec.name, cniOf(cluster));
  if (obstacle) return { action: "refuse", reason: "NotForThisCluster", message: obstacle };
  if (!isConnected) return { action: "wait", because: "the cluster does not answer" };
  return { action: "apply", drift: isEnsured(addon) ? "repair" : "ignore" };
}

function cniOf(cluster: Cluster): { type: CniType; version: string } {
  const { type = "none", version = "" } = cluster.spec.cniPlugin ?? {};
  return { type, version };
}

/** KKP's label, whatever its value: the objects are kept as they should be, not only applied when that changes. */
function isEnsured({ metadata }: Addon): boolean {
  return metadata.labels?.[addonEnsureLabel] !== undefined;
}
