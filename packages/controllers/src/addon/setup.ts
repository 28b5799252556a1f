import { type Foundation, reconcileTimeoutMs, requestFor } from "../foundation.ts";
import { askedAnew, concernsAddonValues } from "../relevant-changes.ts";
import { isTunnelClient } from "../tunnel/status.ts";
import { followDrift } from "./drift.ts";
import { AddonReconciler } from "./reconcile.ts";

export function setUpAddon(foundation: Foundation): void {
  const { options, addons, clusters, userClusters, installation, configurations } = foundation;
  const events = foundation.eventsOf("addon");
  const controller = foundation.ownController(
    "addon",
    new AddonReconciler({ ...options, addons, clusters, userClusters, installation, events }),
    { concurrency: 16, longestDelayMs: 60_000, reconcileTimeoutMs },
  );
  const addonsOf = (id: string) => foundation.addonsOf(id);
  controller.watch(addons, (addon) => [requestFor(addon)], { filter: askedAnew });
  controller.watch(configurations, () => addons.list().map(requestFor));
  controller.watch(clusters, (cluster) => addonsOf(cluster.metadata.name ?? "").map(requestFor), {
    filter: concernsAddonValues,
  });
  followDrift({
    userClusters,
    addonsOf,
    onDrift: (addon) => controller.enqueue(requestFor(addon)),
    onChange: (id, { kind, metadata: { name = "" } }) => {
      if (kind === "Deployment" && isTunnelClient(name)) foundation.enqueue("tunnel", { name: id });
    },
    logger: options.logger,
  });
  userClusters.onConnect(({ id }) => {
    for (const addon of addonsOf(id)) controller.enqueue(requestFor(addon));
  });
}
