import type { ApplicationInstallation } from "@fairlead/resources";
import { clusterOf, type Foundation, reconcileTimeoutMs, requestFor } from "../foundation.ts";
import { KUBE_SYSTEM } from "../names.ts";
import { concernsAddons, concernsNetwork } from "../relevant-changes.ts";
import type { TunnelReconciler } from "../tunnel/reconcile.ts";
import type { UserClusterInformers } from "../user-clusters/user-cluster-informers.ts";
import { AddonInstallerReconciler } from "./reconcile.ts";

interface Knowledge {
  tunnels: Pick<TunnelReconciler, "planOf">;
  installations: UserClusterInformers<ApplicationInstallation>;
}

export function setUpAddonInstaller(foundation: Foundation, { tunnels, installations }: Knowledge): void {
  const { options, clusters, addons, installation, configurations } = foundation;
  const reconciler = new AddonInstallerReconciler({
    management: options.management,
    clusters,
    addons,
    installation,
    charts: options.charts,
    tunnelOf: (cluster) => tunnels.planOf(cluster),
    hasApplication: (id, name) => {
      const known = installations.get(id);
      return known && known.get(`${KUBE_SYSTEM}/${name}`) !== undefined;
    },
  });
  const controller = foundation.ownController("addon-installer", reconciler, { concurrency: 8, reconcileTimeoutMs });
  controller.watch(clusters, (cluster) => [requestFor(cluster)], { filter: concernsNetwork });
  controller.watch(configurations, foundation.allClusters);
  controller.watch(addons, clusterOf, { filter: concernsAddons });
}
