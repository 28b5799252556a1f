import type { ApplicationInstallation } from "@fairlead/resources";
import { cniAddons } from "../addon-installer/plan.ts";
import type { ApplicationCharts } from "../application-installation/application-charts.ts";
import { AddonDelivery } from "../cni-addon/deliver.ts";
import { ApplicationDelivery } from "../cni-application/deliver.ts";
import { PreviousCni } from "../cni-migration/previous-cni.ts";
import { clusterOf, type Foundation, reconcileTimeoutMs, requestFor } from "../foundation.ts";
import { concernsCni } from "../relevant-changes.ts";
import type { UserClusterInformers } from "../user-clusters/user-cluster-informers.ts";
import { CniReconciler } from "./reconcile.ts";

const ofCnis: ReadonlySet<string> = new Set([...cniAddons, "hubble"]);

interface Knowledge {
  installations: UserClusterInformers<ApplicationInstallation>;
  charts: ApplicationCharts;
}

export function setUpCni(foundation: Foundation, { installations, charts }: Knowledge): void {
  const { options, clusters, addons, definitions, userClusters, installation, configurations } = foundation;
  const { management } = options;
  const reconciler = new CniReconciler({
    management,
    clusters,
    installations,
    userClusters,
    installation,
    addon: new AddonDelivery({ management, addons, installations, charts: options.charts }),
    application: new ApplicationDelivery({ management, definitions, addons, installations, charts }),
    previous: new PreviousCni({ management, addons, installations }),
    events: foundation.eventsOf("cni"),
  });
  const controller = foundation.ownController("cni", reconciler, { concurrency: 8, reconcileTimeoutMs });
  controller.watch(clusters, (cluster) => [requestFor(cluster)], { filter: concernsCni });
  controller.watch(configurations, foundation.allClusters);
  controller.watch(addons, clusterOf, { filter: (addon) => ofCnis.has(addon.spec.name) });
}
