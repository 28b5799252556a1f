import { clusterOf, type Foundation, reconcileTimeoutMs, requestFor } from "../foundation.ts";
import { askedAnew, concernsAddonPods } from "../relevant-changes.ts";
import { TunnelReconciler } from "./reconcile.ts";
import { isTunnelClient } from "./status.ts";

/** @returns what others ask for the plan of a cluster's tunnel */
export function setUpTunnel(foundation: Foundation): TunnelReconciler {
  const { options, clusters, addons, userClusters } = foundation;
  const tunnels = new TunnelReconciler({ ...options, clusters, addons, userClusters });
  const controller = foundation.ownController("tunnel", tunnels, { concurrency: 8, reconcileTimeoutMs });
  controller.watch(clusters, (cluster) => [requestFor(cluster)], { filter: askedAnew });
  controller.watch(addons, clusterOf, {
    filter: (addon, old) => isTunnelClient(addon.spec.name) && concernsAddonPods(addon, old),
  });
  options.provider.onChange((id) => controller.enqueue({ name: id }));
  userClusters.onConnect(({ id }) => controller.enqueue({ name: id }));
  tunnels.onChange((id) => {
    foundation.enqueue("cluster", { name: id });
    foundation.enqueue("addon-installer", { name: id });
  });
  return tunnels;
}
