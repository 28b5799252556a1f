import { catalogueOf, type Installation } from "@fairlead/admission";
import { tunnels } from "@fairlead/control-plane";
import {
  type Informer,
  isAlreadyExists,
  type KubeClient,
  type ReconcileContext,
  type Reconciler,
  type Request,
} from "@fairlead/kube";
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
import { ADDON_FINALIZER } from "../addon/plan.ts";
import { SPEC_VALID } from "../cluster/status.ts";
import { pinOf } from "../cni-addon/plan.ts";
import { overlayPortBeside } from "../cni-migration/plan.ts";
import { isTrue } from "../conditions.ts";
import { FIELD_MANAGER } from "../names.ts";
import type { TunnelPlan } from "../tunnel/plan.ts";
import { tunnelClients } from "../tunnel/status.ts";
import { cniAddons, defaultAddons, planAddons } from "./plan.ts";

export interface AddonInstallerOptions {
  management: KubeClient;
  clusters: Informer<Cluster>;
  addons: Informer<Addon>;
  installation: () => Installation;
  charts: Pick<AddonCharts, "names">;
  /** Where the cluster's tunnel is on its way from one kind to the other. */
  tunnelOf: (cluster: Cluster) => TunnelPlan;
  /** Whether the user cluster has an ApplicationInstallation of that name in `kube-system`; undefined while that is not known. */
  hasApplication: (clusterId: string, name: string) => boolean | undefined;
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
      wantedAddons(cluster, {
        installation: installation(),
        available: charts.names,
        tunnel: this.#options.tunnelOf(cluster),
      }),
      addons.byIndex(ADDONS_BY_NAMESPACE, namespace),
      { keep: replacesKubeProxy(cluster) ? [] : ["kube-proxy"] },
    );
    for (const name of plan.create) {
      if (lacksServer(cluster, name)) continue; // The address comes as a change of the Cluster.
      // A CNI that is there as application is removed by its user, before it comes as add-on.
      if (cniAddons.includes(name) && this.#options.hasApplication(id, name) !== false) continue;
      logger.info({ Addon: name }, "Creating a default Addon");
      await this.#create(addonManifest(cluster, name), signal);
    }
    for (const name of plan.remove) {
      logger.info({ Addon: name }, "Deleting an Addon that the cluster no longer asks for");
      await management.deleteIfExists(addonType, { name, namespace }, { signal });
    }
  }

  /** One that is there by now is news on its way: what it lacks, if anything, is seen then. */
  async #create(addon: Addon, signal: AbortSignal): Promise<void> {
    try {
      await this.#options.management.create(addonType, addon, { fieldManager: FIELD_MANAGER, signal });
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
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

/** A client that does not know where its server is could not even be rendered. */
function lacksServer({ status }: Cluster, addon: string): boolean {
  return tunnels.some((tunnel) => tunnelClients[tunnel] === addon && status?.tunnel?.[tunnel] === undefined);
}

/** Services work without kube-proxy only once the CNI runs that takes its place. */
function replacesKubeProxy({ status }: Cluster): boolean {
  return status?.cni?.type === "cilium" && status.cni.proxyMode === "ebpf";
}

function wantedAddons(
  cluster: Cluster,
  {
    installation,
    available,
    tunnel,
  }: { installation: Installation; available: ReadonlySet<string>; tunnel: TunnelPlan },
): string[] {
  const { cniPlugin, clusterNetwork } = cluster.spec;
  const { type = "none", version = "" } = cniPlugin ?? {};
  return defaultAddons({
    cni: { type, version },
    cniDelivery: findVersion(catalogueOf(installation, [{ type, version }]), type, version)?.delivery,
    proxyMode: clusterNetwork?.proxyMode ?? "",
    nodeLocalDNSCacheEnabled: clusterNetwork?.nodeLocalDNSCacheEnabled !== false,
    configured: installation.configuration?.spec?.userCluster?.addons?.default ?? [],
    available,
    tunnel: { clients: tunnel.clients, use: tunnel.step.use },
  });
}

/** Beside another CNI, which still runs, its overlay needs a port of its own. */
function firstPin({ spec, status }: Cluster, name: string) {
  const { cni } = pinOf(name, spec.cniPlugin?.version ?? "");
  const vxlanPort = overlayPortBeside(status?.cni, name);
  return { cni: { ...cni, ...(vxlanPort === undefined ? {} : { vxlanPort }) } };
}

function addonManifest(cluster: Cluster, name: string): Addon {
  const { name: clusterName, uid } = cluster.metadata;
  return {
    metadata: {
      name,
      namespace: clusterNamespace(clusterName ?? ""),
      labels: { [addonEnsureLabel]: "true" },
      finalizers: [ADDON_FINALIZER], // The add-on controller would have to write it otherwise.
    },
    spec: {
      name,
      isDefault: true,
      // From here on it changes when the CNI controller has made sure that it can.
      ...(cniAddons.includes(name) ? { variables: firstPin(cluster, name) } : {}),
      cluster: {
        apiVersion: clusterType.apiVersion,
        kind: clusterType.kind,
        ...(clusterName ? { name: clusterName } : {}),
        ...(uid ? { uid } : {}),
      },
    },
  };
}
