import { catalogueOf, type Installation } from "@fairlead/admission";
import type { Informer, KubeClient, ReconcileContext, Reconciler, Request } from "@fairlead/kube";
import { findVersion } from "@fairlead/network";
import {
  type Addon,
  addonEnsureLabel,
  addonType,
  type Cluster,
  clusterNamespace,
  clusterType,
} from "@fairlead/resources";
import type { AddonCharts } from "../addon/charts.ts";
import { SPEC_VALID } from "../cluster/status.ts";
import { isTrue } from "../conditions.ts";
import { FIELD_MANAGER } from "../names.ts";
import { defaultAddons, planAddons } from "./plan.ts";

export interface AddonInstallerOptions {
  management: KubeClient;
  clusters: Informer<Cluster>;
  addons: Informer<Addon>;
  installation: () => Installation;
  charts: Pick<AddonCharts, "names">;
}

/** Index of the Addon informer: the namespace. */
export const ADDONS_BY_NAMESPACE = "namespace";

/** Creates and removes the default Addons of a cluster, as its network asks for. */
export class AddonInstallerReconciler implements Reconciler {
  readonly #options: AddonInstallerOptions;

  constructor(options: AddonInstallerOptions) {
    this.#options = options;
  }

  async reconcile({ name: id }: Request, { signal, logger }: ReconcileContext): Promise<void> {
    const { management, clusters, addons, installation, charts } = this.#options;
    const cluster = clusters.get(id);
    if (!cluster || !isReady(cluster)) return;
    const namespace = clusterNamespace(id);
    const plan = planAddons(
      wantedAddons(cluster, installation(), charts.names),
      addons.byIndex(ADDONS_BY_NAMESPACE, namespace),
    );
    for (const name of plan.create) {
      logger.info({ Addon: name }, "Creating a default Addon");
      await management.apply(addonType, addonManifest(cluster, name), {
        fieldManager: FIELD_MANAGER,
        force: true,
        signal,
      });
    }
    for (const name of plan.remove) {
      logger.info({ Addon: name }, "Deleting an Addon that the cluster no longer asks for");
      await management.deleteIfExists(addonType, { name, namespace }, { signal });
    }
  }
}

/** An Addon needs the cluster's namespace, and a Cluster that the rules accepted. */
function isReady(cluster: Cluster): boolean {
  return (
    !cluster.metadata.deletionTimestamp &&
    !cluster.spec.pause &&
    cluster.status?.namespaceName !== undefined &&
    isTrue(cluster.status.conditions, SPEC_VALID)
  );
}

function wantedAddons(cluster: Cluster, installation: Installation, available: ReadonlySet<string>): string[] {
  const { cniPlugin, clusterNetwork } = cluster.spec;
  const { type = "none", version = "" } = cniPlugin ?? {};
  return defaultAddons({
    cni: { type, version },
    cniDelivery: findVersion(catalogueOf(installation, [{ type, version }]), type, version)?.delivery,
    proxyMode: clusterNetwork?.proxyMode ?? "",
    nodeLocalDNSCacheEnabled: clusterNetwork?.nodeLocalDNSCacheEnabled !== false,
    configured: installation.configuration?.spec?.userCluster?.addons?.default ?? [],
    available,
  });
}

function addonManifest(cluster: Cluster, name: string): Addon {
  const { name: clusterName, uid } = cluster.metadata;
  return {
    metadata: { name, namespace: clusterNamespace(clusterName ?? ""), labels: { [addonEnsureLabel]: "true" } },
    spec: {
      name,
      isDefault: true,
      cluster: {
        apiVersion: clusterType.apiVersion,
        kind: clusterType.kind,
        ...(clusterName ? { name: clusterName } : {}),
        ...(uid ? { uid } : {}),
      },
    },
  };
}
