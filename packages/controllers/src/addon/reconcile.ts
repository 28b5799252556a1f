import type { Installation } from "@fairlead/admission";
import {
  applyObjects,
  deleteApplySet,
  describeObject,
  type EventRecorder,
  hashOf,
  type Informer,
  type KubeClient,
  type KubeObject,
  NoKindMatchError,
  type ReconcileContext,
  type Reconciler,
  type Request,
  type Result,
  TerminalError,
} from "@fairlead/kube";
import { mergeValues } from "@fairlead/network";
import { type Addon, addonResourcesCreated, addonType, type Cluster, reachedVersion } from "@fairlead/resources";
import { type ConditionUpdate, changedConditions, isTrue } from "../conditions.ts";
import { untilNextLookMs } from "../look-interval.ts";
import { FIELD_MANAGER } from "../names.ts";
import type { UserCluster, UserClusters } from "../user-clusters/user-clusters.ts";
import { addFinalizer, removeFinalizer, writeStatus } from "../writes.ts";
import type { AddonCharts } from "./charts.ts";
import { type AddonFailure, describeFailure } from "./failure.ts";
import { deletesUserData, holdsUserData } from "./kept-definitions.ts";
import { Looks } from "./looks.ts";
import { parentOf } from "./parent.ts";
import { ADDON_FINALIZER, type AddonPlan, planAddon } from "./plan.ts";
import { addonValues } from "./values.ts";
import { chartValues } from "./variables.ts";

/** Until kinds that an Addon waits for are served: nothing tells when that happens. */
const requiredKindsIntervalMs = 10_000;
const clusterNamespacePrefix = "cluster-";

export interface AddonReconcilerOptions {
  management: KubeClient;
  addons: Informer<Addon>;
  clusters: Informer<Cluster>;
  userClusters: UserClusters;
  charts: AddonCharts;
  installation: () => Installation;
  events: EventRecorder;
}

/** Renders an Addon's chart and keeps its objects in the user cluster as an ApplySet (KEP-3659). */
export class AddonReconciler implements Reconciler {
  readonly #options: AddonReconcilerOptions;
  readonly #looks: Looks;

  constructor(options: AddonReconcilerOptions) {
    this.#options = options;
    this.#looks = new Looks(options.userClusters);
  }

  async reconcile({ name, namespace = "" }: Request, context: ReconcileContext): Promise<Result | undefined> {
    const addon = this.#options.addons.get(`${namespace}/${name}`);
    if (!addon) return undefined;
    const id = namespace.slice(clusterNamespacePrefix.length);
    const cluster = this.#options.clusters.get(id);
    const userCluster = this.#options.userClusters.get(id);
    const plan = planAddon({ addon, cluster, isConnected: userCluster !== undefined });
    return await this.#carryOut(plan, { addon, cluster, userCluster, context });
  }

  async #carryOut(plan: AddonPlan, subject: Subject): Promise<Result | undefined> {
    const { addon, context } = subject;
    const finalizer = { object: addon, finalizer: ADDON_FINALIZER, signal: context.signal };
    switch (plan.action) {
      case "wait":
        context.logger.debug({ reason: plan.because }, "Waiting");
        return undefined;
      case "add-finalizer":
        await addFinalizer(this.#options.management, addonType, finalizer);
        return undefined;
      case "remove-finalizer":
        await removeFinalizer(this.#options.management, addonType, finalizer);
        return undefined;
      case "refuse":
        await this.#report(subject, { ...plan, terminal: true });
        return undefined;
      case "remove-objects":
        await this.#inCluster(subject, (cluster) => this.#removeObjects(addon, cluster));
        await removeFinalizer(this.#options.management, addonType, finalizer);
        return undefined;
      case "apply":
        return await this.#inCluster(subject, (cluster) => this.#apply(subject, cluster, plan.drift));
    }
  }

  /** Runs `work`, and tells in the Addon's condition why it failed. */
  async #inCluster<T>(subject: Subject, work: (cluster: Connected) => Promise<T>): Promise<T> {
    const { cluster, userCluster, context } = subject;
    if (!cluster || !userCluster) throw new Error("planned without a cluster");
    const signal = AbortSignal.any([context.signal, userCluster.signal]);
    try {
      return await work({ cluster, userCluster, signal, logger: context.logger });
    } catch (error) {
      if (signal.aborted) throw error;
      const failure = describeFailure(error);
      await this.#report(subject, failure);
      throw failure.terminal ? new TerminalError(failure.message, { cause: error }) : error;
    }
  }

  async #apply(subject: Subject, connected: Connected, drift: "repair" | "ignore"): Promise<Result> {
    const { addon } = subject;
    const { cluster, userCluster, signal, logger } = connected;
    const missing = await missingKinds(addon, userCluster.client, signal);
    if (missing.length > 0) {
      const message = `waiting until the cluster serves ${missing.join(", ")} (spec.requiredResourceTypes)`;
      await this.#writeCondition(addon, { status: "False", reason: "RequiredKindsMissing", message }, signal);
      return { requeueAfterMs: requiredKindsIntervalMs };
    }
    const { charts, installation } = this.#options;
    const overwriteRegistry = installation().configuration?.spec?.userCluster?.overwriteRegistry ?? "";
    const values = mergeValues({ ...addonValues(cluster, overwriteRegistry) }, chartValues(addon.spec.variables ?? {}));
    const request = { values, kubernetesVersion: reachedVersion(cluster) };
    let rendered: Promise<readonly KubeObject[]> | undefined;
    const render = () => (rendered ??= charts.render(addon.spec.name, { ...request, signal }));
    const next = { requeueAfterMs: untilNextLookMs(userCluster.id, this.#options.clusters.size, Date.now()) };
    if (drift === "repair" && isTrue(addon.status?.conditions, addonResourcesCreated)) {
      const wanted = {
        place: { parent: parentOf(addon) },
        input: hashOf({ ...request, chart: addon.spec.name }),
        render,
      };
      if (await this.#looks.isInOrder(userCluster, wanted, signal)) return next;
    }
    const objects = await render();
    const options = { ...applySetOptions(addon, connected), objects, drift };
    const { applied, pruned, kept } = await applyObjects(userCluster.client, options);
    if (applied.length + pruned.length + kept.length > 0) {
      logger.info(
        { applied: applied.map(describeObject), pruned: pruned.map(describeObject), kept: kept.map(describeObject) },
        "Applied an Addon",
      );
    }
    const message = `${objects.length} objects are in the cluster as asked`;
    await this.#writeCondition(addon, { status: "True", reason: "Applied", message }, signal);
    return drift === "ignore" ? {} : next;
  }

  async #removeObjects(addon: Addon, connected: Connected): Promise<void> {
    const { pruned, kept } = await deleteApplySet(connected.userCluster.client, applySetOptions(addon, connected));
    connected.logger.info(
      { pruned: pruned.map(describeObject), kept: kept.map(describeObject) },
      "Removed the objects of an Addon",
    );
  }

  async #report({ addon, context }: Subject, { reason, message }: Omit<AddonFailure, "reason"> & { reason: string }) {
    const written = await this.#writeCondition(addon, { status: "False", reason, message }, context.signal);
    if (!written) return;
    const event = { type: "Warning", reason, action: "Reconcile", note: message } as const;
    await this.#options.events.record(addon, event, context.signal);
  }

  /** @returns whether it said something else before */
  async #writeCondition(addon: Addon, update: ConditionUpdate, signal: AbortSignal): Promise<boolean> {
    const conditions = changedConditions(addon.status?.conditions, { [addonResourcesCreated]: update }, new Date());
    if (!conditions) return false;
    await writeStatus(this.#options.management, addonType, { object: addon, status: { conditions }, signal });
    return true;
  }
}

interface Subject {
  addon: Addon;
  cluster: Cluster | undefined;
  userCluster: UserCluster | undefined;
  context: ReconcileContext;
}

interface Connected {
  cluster: Cluster;
  userCluster: UserCluster;
  signal: AbortSignal;
  logger: ReconcileContext["logger"];
}

function applySetOptions(addon: Addon, { userCluster: { client }, signal }: Connected) {
  const keep = deletesUserData(addon) ? undefined : (object: KubeObject) => holdsUserData(client, object, signal);
  return { parent: parentOf(addon), fieldManager: FIELD_MANAGER, signal, ...(keep ? { keep } : {}) };
}

/** The kinds that the Addon needs and the cluster does not serve, as `Kind (group/version)`. */
async function missingKinds(addon: Addon, client: KubeClient, signal: AbortSignal): Promise<string[]> {
  const missing: string[] = [];
  for (const { group = "", version = "", kind = "" } of addon.spec.requiredResourceTypes ?? []) {
    const apiVersion = group ? `${group}/${version}` : version;
    try {
      await client.resourceFor(apiVersion, kind, { signal });
    } catch (error) {
      if (!(error instanceof NoKindMatchError)) throw error;
      missing.push(`${kind} (${apiVersion})`);
    }
  }
  return missing;
}
