import { builtin, type Informer, type KubeClient, refOf } from "@fairlead/kube";
import {
  type Addon,
  type ApplicationInstallation,
  addonType,
  applicationInstallationType,
  type Cluster,
  clusterNamespace,
} from "@fairlead/resources";
import { cniAddons } from "../addon-installer/plan.ts";
import { ADDONS_BY_NAMESPACE } from "../addon-installer/reconcile.ts";
import { pinnedVersion } from "../cni-addon/plan.ts";
import type { CniScope } from "../cni-upgrade/scope.ts";
import { KUBE_SYSTEM } from "../names.ts";
import { CNI_APPLICATION_LABELS } from "../system-applications/plan.ts";
import type { UserClusterInformers } from "../user-clusters/user-cluster-informers.ts";
import type { Removable } from "./guide.ts";
import type { Leftovers } from "./plan.ts";

export interface PreviousCniOptions {
  management: KubeClient;
  addons: Informer<Addon>;
  installations: UserClusterInformers<ApplicationInstallation>;
}

/** Looks after what a cluster has of a CNI of another type than it asks for. */
export class PreviousCni {
  readonly #options: PreviousCniOptions;

  constructor(options: PreviousCniOptions) {
    this.#options = options;
  }

  leftovers({ id, type, cluster }: CniScope): Leftovers {
    const names = otherAddons(cluster, type);
    const addons = this.#addonsOf(id).filter(({ spec }) => names.includes(spec.name));
    return {
      addons: addons.map((addon) => removableAddon(addon)),
      applications: this.#cnisAsApplication(id)
        .filter(({ metadata }) => metadata.name !== type)
        .map((installation) => removableApplication(installation)),
    };
  }

  /** UDP port of the overlay of the cluster's CNI, where it was told one. */
  vxlanPort({ id, type }: CniScope): number | undefined {
    const installation = this.#cnisAsApplication(id).find(({ metadata }) => metadata.name === type);
    const addon = this.#addonsOf(id).find(({ spec }) => spec.name === type);
    const port: unknown = installation ? installation.spec.values?.tunnelPort : cniVariables(addon).vxlanPort;
    return typeof port === "number" && port > 0 ? port : undefined;
  }

  /** Does not wait: what is gone is seen by the next look. */
  async remove({ id, userCluster, logger, signal }: CniScope, { addons, applications }: Leftovers): Promise<void> {
    const namespace = clusterNamespace(id);
    for (const { name } of addons) {
      if (this.#options.addons.get(`${namespace}/${name}`)?.metadata.deletionTimestamp) continue;
      logger.info({ Addon: name }, "Deleting an Addon of the previous CNI");
      await this.#options.management.deleteIfExists(addonType, { name, namespace }, { signal });
    }
    for (const { name } of applications) {
      const installation = this.#options.installations.get(id)?.get(`${KUBE_SYSTEM}/${name}`);
      if (!installation || installation.metadata.deletionTimestamp) continue;
      logger.info({ ApplicationInstallation: name }, "Deleting the installation of the previous CNI");
      await userCluster.client.deleteIfExists(applicationInstallationType, refOf(installation), { signal });
    }
  }

  #addonsOf(id: string): Addon[] {
    return this.#options.addons.byIndex(ADDONS_BY_NAMESPACE, clusterNamespace(id));
  }

  #cnisAsApplication(id: string): ApplicationInstallation[] {
    return (this.#options.installations.get(id)?.list() ?? []).filter(
      ({ metadata }) =>
        metadata.namespace === KUBE_SYSTEM &&
        Object.entries(CNI_APPLICATION_LABELS).every(([label, value]) => metadata.labels?.[label] === value),
    );
  }
}

/** Hubble belongs to Cilium, and is nothing without it; where there never was one, it is somebody's mistake and stays. */
function otherAddons({ status }: Cluster, type: string): string[] {
  const others = cniAddons.filter((name) => name !== type);
  const { cni, cniMigration } = status ?? {};
  const leavesCilium =
    type !== "cilium" &&
    (cni?.type === "cilium" || (cniMigration?.from.type === "cilium" && cniMigration.finishedAt === undefined));
  return leavesCilium ? [...others, "hubble"] : others;
}

function removableAddon(addon: Addon): Removable {
  const { name = "", namespace } = addon.metadata;
  const type = addon.spec.name === "hubble" ? "cilium" : addon.spec.name;
  const command = `kubectl delete addon ${name} -n ${namespace} (in the management cluster)`;
  return { kind: "Addon", name, type, version: pinnedVersion(addon), command };
}

function removableApplication({ metadata: { name = "" }, spec }: ApplicationInstallation): Removable {
  const command = `kubectl delete applicationinstallation ${name} -n ${KUBE_SYSTEM} (in the user cluster)`;
  return { kind: "ApplicationInstallation", name, type: name, version: spec.applicationRef.version, command };
}

function cniVariables(addon: Addon | undefined): Record<string, unknown> {
  const { cni } = addon?.spec.variables ?? {};
  return typeof cni === "object" && cni !== null ? { ...cni } : {};
}

/**
 * Pods that began before `since` (RFC 3339) and have a network of their own, by namespace. Those that ended need none.
 */
export async function podsFromBefore(
  client: KubeClient,
  since: string,
  signal: AbortSignal,
): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  const fieldSelector = "status.phase!=Succeeded,status.phase!=Failed";
  for await (const { items } of client.pages(builtin.Pod, { fieldSelector, signal })) {
    for (const { metadata, spec } of items) {
      const { namespace = "", creationTimestamp = "" } = metadata;
      if (spec?.hostNetwork || Date.parse(creationTimestamp) >= Date.parse(since)) continue;
      found.set(namespace, (found.get(namespace) ?? 0) + 1);
    }
  }
  return found;
}
