import { isDeepStrictEqual } from "node:util";
import { type PreflightFinding, preflight } from "@fairlead/admission";
import { builtin, type Informer, type KubeClient, type KubeObject, refOf } from "@fairlead/kube";
import { mergeValues } from "@fairlead/network";
import {
  type Addon,
  type ApplicationInstallation,
  addonResourcesCreated,
  addonType,
  clusterNamespace,
  cniRollOutAnnotation,
  cniRolloutTimeoutAnnotation,
  goDurationMs,
  parseCniRollOut,
  reachedVersion,
} from "@fairlead/resources";
import type { AddonCharts } from "../addon/charts.ts";
import { addonValues } from "../addon/values.ts";
import { chartValues } from "../addon/variables.ts";
import type { DeliveredCni } from "../cni-upgrade/delivered.ts";
import type { CniScope } from "../cni-upgrade/scope.ts";
import { FIELD_MANAGER, KUBE_SYSTEM } from "../names.ts";
import type { UserClusterInformers } from "../user-clusters/user-cluster-informers.ts";
import { pinnedVersion, pinOf, planRollOut, type RollOutPlan } from "./plan.ts";
import { isRolledOut } from "./roll-out.ts";

export interface AddonDeliveryOptions {
  management: KubeClient;
  addons: Informer<Addon>;
  installations: UserClusterInformers<ApplicationInstallation>;
  charts: AddonCharts;
}

const defaultTimeoutMs = 10 * 60_000;

/** Keeps a CNI that comes as add-on at the version that the Cluster asks for, as far as that can be rolled out. */
export class AddonDelivery {
  readonly #options: AddonDeliveryOptions;

  constructor(options: AddonDeliveryOptions) {
    this.#options = options;
  }

  async deliver(scope: CniScope): Promise<DeliveredCni> {
    const { id, type, version } = scope;
    const application = this.#options.installations.get(id)?.get(`${KUBE_SYSTEM}/${type}`);
    if (application) return downgradePending(application, version);
    const addon = this.#options.addons.get(`${clusterNamespace(id)}/${type}`);
    if (!addon || addon.metadata.deletionTimestamp) {
      return { version: "", state: "rolling-out", reason: "Waiting", message: `waiting for Addon ${type}` };
    }
    const plan = await this.#plan(scope, addon);
    await this.#write(scope, addon, plan);
    return plan.delivered;
  }

  async #plan(scope: CniScope, addon: Addon): Promise<RollOutPlan> {
    const { cluster, version, userCluster, signal } = scope;
    const pinned = pinnedVersion(addon);
    const record = parseCniRollOut(addon.metadata.annotations?.[cniRollOutAnnotation]);
    const isUnderWay = pinned === version && record.good !== pinned;
    const isAhead = pinned !== undefined && pinned !== version && record.good !== version;
    const applied = addon.status?.conditions?.[addonResourcesCreated];
    return planRollOut({
      desired: version,
      pinned,
      record,
      observed:
        isUnderWay && (await isRolledOut(userCluster.client, await this.#render(scope, addon, version), signal))
          ? "rolled-out"
          : "progressing",
      applyError: applied?.status === "False" ? applied.message : undefined,
      findings: isAhead ? await this.#preflight(scope, addon, record.good ?? pinned) : [],
      timeoutMs: goDurationMs(cluster.metadata.annotations?.[cniRolloutTimeoutAnnotation] ?? "") || defaultTimeoutMs,
      nowMs: Date.now(),
    });
  }

  async #preflight(scope: CniScope, addon: Addon, from: string): Promise<PreflightFinding[]> {
    const { cluster, catalogue, type, version, userCluster, signal } = scope;
    const { items: nodes } = await userCluster.client.list(builtin.Node, { signal });
    const findings = preflight({ cluster, catalogue, from, to: version, nodes });
    if (findings.length > 0) return findings;
    try {
      await this.#render(scope, addon, version);
      return [];
    } catch (error) {
      if (signal.aborted) throw error;
      const why = error instanceof Error ? error.message : String(error);
      return [{ check: "values", message: `the chart of ${type} ${version} cannot be rendered: ${why}` }];
    }
  }

  async #render(
    { cluster, type, settings, signal }: CniScope,
    addon: Addon,
    version: string,
  ): Promise<readonly KubeObject[]> {
    const overwriteRegistry = settings.configuration?.spec?.userCluster?.overwriteRegistry ?? "";
    const variables = mergeValues(chartValues(addon.spec.variables ?? {}), pinOf(type, version));
    const values = mergeValues({ ...addonValues(cluster, overwriteRegistry) }, variables);
    return await this.#options.charts.render(type, { values, kubernetesVersion: reachedVersion(cluster), signal });
  }

  async #write({ type, logger, signal }: CniScope, addon: Addon, { pinned, record }: RollOutPlan): Promise<void> {
    const isPinned = pinnedVersion(addon) === pinned;
    const before = parseCniRollOut(addon.metadata.annotations?.[cniRollOutAnnotation]);
    if (isPinned && isDeepStrictEqual(record, before)) return;
    if (!isPinned) logger.info({ Addon: type, from: pinnedVersion(addon), version: pinned }, "Setting the CNI's Addon");
    const { resourceVersion } = addon.metadata;
    const body = {
      metadata: { resourceVersion, annotations: { [cniRollOutAnnotation]: JSON.stringify(record) } },
      ...(isPinned ? {} : { spec: { variables: pinOf(type, pinned) } }),
    };
    await this.#options.management.mergePatch(addonType, refOf(addon), body, { fieldManager: FIELD_MANAGER, signal });
  }
}

/** The application is the user's to remove: its going takes the network away for a while. */
function downgradePending({ metadata, spec }: ApplicationInstallation, version: string): DeliveredCni {
  const message = metadata.deletionTimestamp
    ? `${version} is applied as add-on once the application is gone`
    : `${version} is an add-on, and is applied once the application is removed: kubectl delete applicationinstallation ${metadata.name} -n ${metadata.namespace} (in the user cluster; new pods get no network until the add-on runs)`;
  return { version: spec.applicationRef.version, state: "held", reason: "DowngradePending", message };
}
