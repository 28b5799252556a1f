import { isDeepStrictEqual } from "node:util";
import { type PreflightFinding, preflight } from "@fairlead/admission";
import { builtin, type Informer, type KubeClient, refOf } from "@fairlead/kube";
import {
  type Addon,
  type ApplicationDefinition,
  type ApplicationInstallation,
  addonType,
  applicationInstallationType,
  clusterNamespace,
  clusterType,
  cniHandOverAnnotation,
  initialCniValuesAnnotation,
  initialCniValuesLayerAnnotation,
} from "@fairlead/resources";
import { ADDONS_BY_NAMESPACE } from "../addon-installer/reconcile.ts";
import type { ApplicationCharts } from "../application-installation/application-charts.ts";
import { failurePhase } from "../application-installation/plan.ts";
import { pinnedVersion } from "../cni-addon/plan.ts";
import type { DeliveredCni } from "../cni-upgrade/delivered.ts";
import type { CniScope } from "../cni-upgrade/scope.ts";
import { FIELD_MANAGER, KUBE_SYSTEM } from "../names.ts";
import { kubernetesTime } from "../time.ts";
import type { UserClusterInformers } from "../user-clusters/user-cluster-informers.ts";
import { type InstallationPlan, planInstallation } from "./plan.ts";
import { held, installationState, needsPreflight, runningVersion } from "./plan-version.ts";
import {
  type BegunEdit,
  beginChange,
  editFindings,
  isUnaccounted,
  planValuesStep,
  recordOf,
  type ValuesEdit,
} from "./values-change.ts";
import { blockedChange, lostChange, watchedChange } from "./values-outcome.ts";

export interface ApplicationDeliveryOptions {
  management: KubeClient;
  definitions: Informer<ApplicationDefinition>;
  addons: Informer<Addon>;
  installations: UserClusterInformers<ApplicationInstallation>;
  charts: Pick<ApplicationCharts, "check">;
}

interface ChangedValues {
  edit?: ValuesEdit;
  outcome?: (delivered: DeliveredCni) => DeliveredCni;
}

const handOverPollMs = 1_000;
/** The add-ons that a CNI as application takes the place of. */
const predecessors: Readonly<Record<string, readonly string[]>> = { cilium: ["cilium", "hubble"] };
/** As the agents and the operator of a CNI are labelled, by add-on and chart alike. */
const podLabels = (type: string) => [`k8s-app=${type}`, `io.${type}/app=operator`];

/** Keeps the ApplicationInstallation of a CNI that comes as application, and takes over from its add-on. */
export class ApplicationDelivery {
  readonly #options: ApplicationDeliveryOptions;

  constructor(options: ApplicationDeliveryOptions) {
    this.#options = options;
  }

  /** @throws Error if the installation cannot be planned or written */
  async deliver(scope: CniScope): Promise<DeliveredCni> {
    const existing = await this.#existing(scope);
    if (existing?.metadata.deletionTimestamp) {
      const message = "the ApplicationInstallation is being removed, and is created again when it is gone";
      return { version: existing.spec.applicationRef.version, state: "rolling-out", reason: "Waiting", message };
    }
    const before = this.#predecessorsOf(scope);
    if (!existing) {
      const waiting = await this.#handOver(scope, before);
      if (waiting) return waiting;
    } else {
      await this.#removeAddons(scope, before);
    }
    // One after the other: values that are on their way are watched to their end, another version comes then.
    const isBusy = existing !== undefined && recordOf(existing) !== undefined;
    const findings =
      existing && !isBusy && needsPreflight(existing, scope.version) ? await this.#preflight(scope, existing) : [];
    const current = existing?.spec.applicationRef.version;
    const version = (isBusy || findings.length > 0) && current !== undefined ? current : scope.version;
    const { edit, outcome } = existing ? await this.#changeValues(scope, existing, version) : {};
    const written = await this.#write(scope, this.#plan(scope, existing, version, edit), existing);
    await this.#forgetRequests(scope);
    const delivered = findings.length > 0 ? held(version, findings) : installationState(written);
    return outcome ? outcome(delivered) : delivered;
  }

  /** The informer may be behind the Cluster; that matters only where a change of values seems to have got lost. */
  async #existing({ id, type, cluster, userCluster, signal }: CniScope): Promise<ApplicationInstallation | undefined> {
    const known = this.#options.installations.get(id)?.get(`${KUBE_SYSTEM}/${type}`);
    if (!known || !isUnaccounted(cluster, known)) return known;
    const ref = { name: type, namespace: KUBE_SYSTEM };
    return await userCluster.client.find(applicationInstallationType, ref, { signal });
  }

  /** What a change of the values writes, and what is to be told of it once that is written. */
  async #changeValues(scope: CniScope, existing: ApplicationInstallation, version: string): Promise<ChangedValues> {
    const isSettled =
      existing.spec.applicationRef.version === version && installationState(existing).state !== "rolling-out";
    const next = planValuesStep(scope.cluster, existing, isSettled);
    switch (next.step) {
      case "none":
        return {};
      case "settle":
        return { edit: next.edit };
      case "watch":
        return { outcome: (delivered) => watchedChange(delivered, next.record, next.isTaken) };
      case "lost":
        return { outcome: (delivered) => lostChange(delivered, next.change) };
      case "begin": {
        const edit = beginChange(existing, next.request, kubernetesTime());
        const findings = await this.#checkEdit(scope, existing, edit);
        if (findings.length > 0) return { outcome: (delivered) => blockedChange(delivered, next.request, findings) };
        scope.logger.info(
          { digest: edit.record.digest, rollout: edit.record.rollout?.name },
          "Changing the CNI's values",
        );
        return { edit, outcome: (delivered) => watchedChange(delivered, edit.record, true) };
      }
      default:
        return next satisfies never;
    }
  }

  async #checkEdit(scope: CniScope, existing: ApplicationInstallation, edit: BegunEdit): Promise<PreflightFinding[]> {
    const findings = editFindings(existing, edit);
    if (findings.length > 0 || isDeepStrictEqual(edit.values, existing.spec.values)) return findings;
    return await this.#checkValues(scope, this.#plan(scope, existing, existing.spec.applicationRef.version, edit));
  }

  #plan(
    scope: CniScope,
    existing: ApplicationInstallation | undefined,
    version: string,
    edit?: ValuesEdit,
  ): InstallationPlan {
    const { cluster, type, settings } = scope;
    return planInstallation({
      cluster,
      definition: this.#options.definitions.get(type),
      existing,
      edit,
      version,
      overwriteRegistry: settings.configuration?.spec?.userCluster?.overwriteRegistry,
      wasAddon: cluster.metadata.annotations?.[cniHandOverAnnotation] !== undefined,
    });
  }

  async #write(
    { userCluster, signal, logger }: CniScope,
    plan: InstallationPlan,
    existing: ApplicationInstallation | undefined,
  ): Promise<ApplicationInstallation> {
    if (plan.action === "none") {
      if (!existing) throw new Error("planned nothing for an installation that is missing");
      return existing;
    }
    const options = { fieldManager: FIELD_MANAGER, signal };
    const { version } = plan.installation.spec.applicationRef;
    if (plan.action === "create") {
      logger.info({ version }, "Creating the CNI's ApplicationInstallation");
      return await userCluster.client.create(applicationInstallationType, plan.installation, options);
    }
    logger.info({ version }, "Updating the CNI's ApplicationInstallation");
    return await userCluster.client.replace(applicationInstallationType, plan.installation, options);
  }

  /** The checks, and the chart rendered with the values that it would get: before anything is touched. */
  async #preflight(scope: CniScope, existing: ApplicationInstallation | undefined, from = runningVersion(existing)) {
    const { cluster, catalogue, version, userCluster, signal } = scope;
    const { items: nodes } = await userCluster.client.list(builtin.Node, { signal });
    const findings = preflight({ cluster, catalogue, from: from ?? "", to: version, nodes });
    return findings.length > 0 ? findings : await this.#checkValues(scope, this.#plan(scope, existing, version));
  }

  async #checkValues({ type, cluster, signal }: CniScope, plan: InstallationPlan): Promise<PreflightFinding[]> {
    if (plan.action === "none") return [];
    try {
      await this.#options.charts.check(plan.installation, this.#options.definitions.get(type), { cluster, signal });
      return [];
    } catch (error) {
      if (signal.aborted) throw error;
      const why = error instanceof Error ? error.message : String(error);
      const chart = `the chart of ${type} ${plan.installation.spec.applicationRef.version}`;
      return failurePhase(error).phase === "download-failed"
        ? [{ check: "chart", message: `${chart} cannot be fetched: ${why}` }]
        : [{ check: "values", message: `${chart} cannot be rendered with the values: ${why}` }];
    }
  }

  /**
   * From the add-on to the application: the checks come first, then the add-on goes with all its objects, and only when nothing
   * of it runs any more the application is installed. What the Cluster is annotated with tells, after any interruption, how
   * far it is. Undefined if there is nothing to wait for.
   */
  async #handOver(scope: CniScope, before: readonly Addon[]): Promise<DeliveredCni | undefined> {
    const { type, cluster } = scope;
    const from = cluster.metadata.annotations?.[cniHandOverAnnotation];
    const addon = before.find((candidate) => candidate.spec.name === type);
    if (addon && !addon.metadata.deletionTimestamp) {
      const running = pinnedVersion(addon) ?? from ?? "";
      const findings = await this.#preflight(scope, undefined, running);
      if (findings.length > 0) return held(running, findings);
      if (from === undefined) await this.#annotate(scope, { [cniHandOverAnnotation]: running });
    }
    await this.#removeAddons(scope, before);
    const left =
      before.length > 0 || from === undefined ? before.map(({ spec }) => spec.name) : await this.#remains(scope);
    if (left.length === 0) return undefined;
    return {
      version: from ?? "",
      state: "rolling-out",
      reason: "HandingOver",
      message: `${scope.version} is installed as application once the add-on is gone; waiting for ${left.join(", ")}`,
      requeueAfterMs: handOverPollMs,
    };
  }

  /** What is left of the add-on in the user cluster: its DaemonSet, and pods that keep the next ones from the nodes. */
  async #remains({ type, userCluster: { client }, signal }: CniScope): Promise<string[]> {
    const [daemonSet, ...lists] = await Promise.all([
      client.find(builtin.DaemonSet, { name: type, namespace: KUBE_SYSTEM }, { signal }),
      ...podLabels(type).map((labelSelector) =>
        client.list(builtin.Pod, { namespace: KUBE_SYSTEM, labelSelector, signal }),
      ),
    ]);
    const pods = lists.flatMap(({ items }) => items);
    return [...(daemonSet ? [`DaemonSet ${type}`] : []), ...(pods.length > 0 ? [`${pods.length} pods of it`] : [])];
  }

  #predecessorsOf({ id, type }: CniScope): Addon[] {
    const names = predecessors[type] ?? [];
    return this.#options.addons
      .byIndex(ADDONS_BY_NAMESPACE, clusterNamespace(id))
      .filter(({ spec }) => names.includes(spec.name));
  }

  async #removeAddons({ logger, signal }: CniScope, addons: readonly Addon[]): Promise<void> {
    for (const addon of addons) {
      if (addon.metadata.deletionTimestamp) continue;
      logger.info({ Addon: addon.metadata.name }, "Deleting an Addon that the CNI's application takes the place of");
      await this.#options.management.deleteIfExists(addonType, refOf(addon), { signal });
    }
  }

  /** They have been carried out: the installation is there. */
  async #forgetRequests(scope: CniScope): Promise<void> {
    const done = [initialCniValuesAnnotation, initialCniValuesLayerAnnotation, cniHandOverAnnotation];
    const { annotations = {} } = scope.cluster.metadata;
    const present = done.filter((name) => annotations[name] !== undefined);
    if (present.length > 0) await this.#annotate(scope, Object.fromEntries(present.map((name) => [name, null])));
  }

  async #annotate({ id, signal }: CniScope, annotations: Record<string, string | null>): Promise<void> {
    const body = { metadata: { annotations } };
    await this.#options.management.mergePatch(clusterType, { name: id }, body, { fieldManager: FIELD_MANAGER, signal });
  }
}
