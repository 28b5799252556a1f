import { isDeepStrictEqual } from "node:util";
import { catalogueOf, type Installation } from "@fairlead/admission";
import {
  type EventRecorder,
  type Informer,
  isConflict,
  type KubeClient,
  type ReconcileContext,
  type Reconciler,
  type Request,
  type Result,
} from "@fairlead/kube";
import { findVersion } from "@fairlead/network";
import {
  type ApplicationInstallation,
  type Cluster,
  clusterType,
  cniRolloutUidAnnotation,
  cniTargetVersionAnnotation,
  cniUpgradePausedAnnotation,
  cniValuesChangeAnnotation,
} from "@fairlead/resources";
import { patience } from "../cluster/patience.ts";
import { SPEC_VALID } from "../cluster/status.ts";
import type { AddonDelivery } from "../cni-addon/deliver.ts";
import type { ApplicationDelivery } from "../cni-application/deliver.ts";
import { changeWithoutValues } from "../cni-application/values-outcome.ts";
import { type MigrationPlan, planMigration, wantsPods } from "../cni-migration/plan.ts";
import { type PreviousCni, podsFromBefore } from "../cni-migration/previous-cni.ts";
import { type ConditionUpdate, changedConditions, isTrue } from "../conditions.ts";
import { FIELD_MANAGER } from "../names.ts";
import { kubernetesTime } from "../time.ts";
import type { UserClusterInformers } from "../user-clusters/user-cluster-informers.ts";
import type { UserClusters } from "../user-clusters/user-clusters.ts";
import { writeStatus } from "../writes.ts";
import type { DeliveredCni } from "./delivered.ts";
import type { CniScope } from "./scope.ts";
import { CNI_READY, cniConditions, cniEvent, migrationConditions, migrationEvent, upgradeEvent } from "./status.ts";
import { planSteps } from "./steps.ts";
import { planValuesStatus, valuesEvent } from "./values-status.ts";

const CNI_RECONCILED = "CNIControllerReconciledSuccessfully";

export interface CniReconcilerOptions {
  management: KubeClient;
  clusters: Informer<Cluster>;
  installations: UserClusterInformers<ApplicationInstallation>;
  userClusters: UserClusters;
  installation: () => Installation;
  addon: AddonDelivery;
  application: ApplicationDelivery;
  previous: PreviousCni;
  events: EventRecorder;
}

/**
 * Brings a cluster's CNI to the version that the Cluster asks for, whether it comes as add-on or as application, tells how it
 * stands, takes the steps of an upgrade over several versions, and removes a previous CNI of another type.
 */
export class CniReconciler implements Reconciler {
  readonly #options: CniReconcilerOptions;

  constructor(options: CniReconcilerOptions) {
    this.#options = options;
  }

  /** `request.name` is the cluster's id. */
  async reconcile({ name: id }: Request, context: ReconcileContext): Promise<Result | undefined> {
    const { clusters, userClusters, installations, installation } = this.#options;
    const cluster = clusters.get(id);
    const userCluster = userClusters.get(id);
    if (!cluster || !userCluster || !installations.get(id) || !isReady(cluster)) return undefined;
    const { type = "none", version = "" } = cluster.spec.cniPlugin ?? {};
    const settings = installation();
    const scope: CniScope = {
      id,
      cluster,
      type,
      version,
      catalogue: catalogueOf(settings, [{ type, version }]),
      settings,
      userCluster,
      logger: context.logger,
      signal: AbortSignal.any([context.signal, userCluster.signal]),
    };
    try {
      const delivered = await this.#deliver(scope);
      const patienceMs = delivered?.state === "rolling-out" ? patience(cluster, CNI_READY, new Date()) : 0;
      if (patienceMs > 0) return soonest(delivered?.requeueAfterMs, patienceMs);
      const migration = await this.#planMigration(scope, delivered);
      await this.#report(scope, delivered, migration);
      // Only after the status has it: from then on the previous CNI is known to have been there.
      await this.#options.previous.remove(scope, migration.remove);
      return soonest(delivered?.requeueAfterMs, migration.requeueAfterMs);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const update: ConditionUpdate = { status: "False", reason: "ReconcilingError", message };
      // Somebody wrote in between: nothing to tell, the next look sees it.
      if (!scope.signal.aborted && !isConflict(error)) await this.#writeStatus(scope, { [CNI_RECONCILED]: update });
      throw error;
    }
  }

  async #deliver(scope: CniScope): Promise<DeliveredCni | undefined> {
    const delivery = findVersion(scope.catalogue, scope.type, scope.version)?.delivery;
    switch (delivery) {
      case "addon":
        return await this.#options.addon.deliver(scope);
      case "application":
        return await this.#options.application.deliver(scope);
      case undefined:
        return undefined; // The user's own CNI.
      default:
        return delivery satisfies never;
    }
  }

  async #planMigration(scope: CniScope, delivered: DeliveredCni | undefined): Promise<MigrationPlan> {
    const { cluster, userCluster, signal } = scope;
    const since = cluster.status?.cniMigration?.switchedAt;
    return planMigration({
      cluster,
      delivered,
      leftovers: this.#options.previous.leftovers(scope),
      vxlanPort: this.#options.previous.vxlanPort(scope),
      pods:
        since !== undefined && wantsPods(cluster) ? await podsFromBefore(userCluster.client, since, signal) : undefined,
      now: kubernetesTime(),
    });
  }

  async #report(scope: CniScope, delivered: DeliveredCni | undefined, migration: MigrationPlan): Promise<void> {
    const { cluster, catalogue, version, signal } = scope;
    const before = cluster.status;
    const now = kubernetesTime();
    const steps = planSteps({ cluster, catalogue, delivered, now });
    const cniValuesChanges = planValuesStatus({
      cluster,
      outcome: delivered?.valuesChange ?? changeWithoutValues(cluster, catalogue),
      now,
    });
    const conditions = {
      ...cniConditions(before?.conditions, delivered, version),
      ...migrationConditions(migration.status),
    };
    const reconciled: ConditionUpdate = { status: "True", reason: "ReconcilingSuccess" };
    await this.#writeStatus(
      scope,
      { ...conditions, [CNI_RECONCILED]: reconciled },
      {
        cniUpgrade: replaced(before?.cniUpgrade, steps.status),
        cniMigration: replaced(before?.cniMigration, migration.status),
        cni: replaced(before?.cni, migration.inPlace),
        cniValuesChanges,
      },
    );
    const told = [
      delivered ? cniEvent(before?.conditions?.[CNI_READY], delivered) : undefined,
      upgradeEvent(before?.cniUpgrade, steps.status, steps.advanceTo),
      migrationEvent(before?.cniMigration, migration.status),
      valuesEvent(before?.cniValuesChanges, cniValuesChanges),
    ];
    for (const event of told) if (event) await this.#options.events.record(cluster, event, signal);
    if (delivered?.valuesChange?.isTaken || isGivenUp(cluster)) await this.#forgetValuesChange(scope);
    if (steps.advanceTo !== undefined) {
      await this.#patch(scope, { spec: { cniPlugin: { version: steps.advanceTo } } });
    } else if (steps.finished) {
      const annotations = { [cniTargetVersionAnnotation]: null, [cniUpgradePausedAnnotation]: null };
      await this.#patch(scope, { metadata: { annotations } });
    }
  }

  /** Only as long as the Cluster asks for what was decided on; status writes of others do not matter. */
  async #patch({ id, cluster, logger, signal }: CniScope, body: { spec?: object; metadata?: object }): Promise<void> {
    const { management } = this.#options;
    const { metadata } = await management.get(clusterType, { name: id }, { signal });
    if (metadata.generation !== cluster.metadata.generation) return; // The change brings the request back.
    logger.info({ ...body.spec }, "Going on with an upgrade of the CNI");
    const patch = { ...body, metadata: { ...body.metadata, resourceVersion: metadata.resourceVersion } };
    await management.mergePatch(clusterType, { name: id }, patch, { fieldManager: FIELD_MANAGER, signal });
  }

  /** Not what somebody asks for instead by now. */
  async #forgetValuesChange({ id, cluster, signal }: CniScope): Promise<void> {
    const { management } = this.#options;
    const { metadata } = await management.get(clusterType, { name: id }, { signal });
    const asked = ({ annotations = {} }: Cluster["metadata"]) =>
      [cniValuesChangeAnnotation, cniRolloutUidAnnotation].map((name) => annotations[name]);
    if (!isDeepStrictEqual(asked(metadata), asked(cluster.metadata))) return;
    const annotations = { [cniValuesChangeAnnotation]: null, [cniRolloutUidAnnotation]: null };
    const body = { metadata: { annotations, resourceVersion: metadata.resourceVersion } };
    await management.mergePatch(clusterType, { name: id }, body, { fieldManager: FIELD_MANAGER, signal });
  }

  async #writeStatus(
    { cluster, signal }: CniScope,
    updates: Record<string, ConditionUpdate>,
    more: object = {},
  ): Promise<void> {
    const conditions = changedConditions(cluster.status?.conditions, updates, new Date());
    const status = { ...more, conditions };
    await writeStatus(this.#options.management, clusterType, { object: cluster, status, signal });
  }
}

/** Whoever asks next must not be taken for the rollout that did. */
function isGivenUp({ metadata: { annotations = {} } }: Cluster): boolean {
  return annotations[cniRolloutUidAnnotation] !== undefined && annotations[cniValuesChangeAnnotation] === undefined;
}

function soonest(...times: (number | undefined)[]): Result | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length > 0 ? { requeueAfterMs: Math.min(...known) } : undefined;
}

/** A merge patch leaves what it does not name: fields of before that no longer hold have to be taken away. */
function replaced(before: object | undefined, after: object | undefined): object | undefined {
  return after && { ...Object.fromEntries(Object.keys(before ?? {}).map((field) => [field, null])), ...after };
}

function isReady({ metadata, spec, status }: Cluster): boolean {
  return (
    !metadata.deletionTimestamp &&
    !spec.pause &&
    isTrue(status?.conditions, SPEC_VALID) &&
    status?.address?.port !== undefined
  );
}
