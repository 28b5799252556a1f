import type { Installation } from "@fairlead/admission";
import {
  applyObjects,
  deleteApplySet,
  describeObject,
  type Informer,
  type KubeClient,
  type KubeObject,
  type ReconcileContext,
  type Reconciler,
  type Request,
  type Result,
} from "@fairlead/kube";
import { mergeValues } from "@fairlead/network";
import { type Addon, addonType, type Cluster } from "@fairlead/resources";
import { type ConditionUpdate, changedConditions } from "../conditions.ts";
import { FIELD_MANAGER, KUBE_SYSTEM } from "../names.ts";
import type { UserCluster, UserClusters } from "../user-clusters/user-clusters.ts";
import { addFinalizer, removeFinalizer, writeStatus } from "../writes.ts";
import { addonValues } from "./values.ts";

const ADDON_FINALIZER = "cleanup-manifests";
export const RESOURCES_CREATED = "AddonResourcesCreatedSuccessfully";
const enforceIntervalMs = 5 * 60_000;
const clusterNamespacePrefix = "cluster-";

export interface RenderRequest {
  values: Record<string, unknown>;
  /** Without a leading `v`. */
  kubernetesVersion: string;
  signal: AbortSignal;
}

/** The add-on charts that there are. */
export interface AddonCharts {
  /** @throws Error that says what is wrong with the chart or its values */
  render(name: string, request: RenderRequest): Promise<KubeObject[]>;
}

export interface AddonReconcilerOptions {
  management: KubeClient;
  addons: Informer<Addon>;
  clusters: Informer<Cluster>;
  userClusters: UserClusters;
  charts: AddonCharts;
  installation: () => Installation;
}

/** Renders an Addon's chart and keeps its objects in the user cluster as an ApplySet (KEP-3659). */
export class AddonReconciler implements Reconciler {
  readonly #options: AddonReconcilerOptions;

  constructor(options: AddonReconcilerOptions) {
    this.#options = options;
  }

  async reconcile({ name, namespace = "" }: Request, context: ReconcileContext): Promise<Result | undefined> {
    const addon = this.#options.addons.get(`${namespace}/${name}`);
    if (!addon) return undefined;
    const id = namespace.slice(clusterNamespacePrefix.length);
    const cluster = this.#options.clusters.get(id);
    const userCluster = this.#options.userClusters.get(id);
    if (addon.metadata.deletionTimestamp) {
      await this.#remove(addon, { cluster, userCluster, context });
      return undefined;
    }
    if (!cluster || cluster.metadata.deletionTimestamp || cluster.spec.pause) return undefined;
    if (!addon.metadata.finalizers?.includes(ADDON_FINALIZER)) {
      await addFinalizer(this.#options.management, addonType, {
        object: addon,
        finalizer: ADDON_FINALIZER,
        signal: context.signal,
      });
      return undefined; // The write comes back as an event.
    }
    if (!userCluster) return undefined; // Connecting brings the request back.
    const signal = AbortSignal.any([context.signal, userCluster.signal]);
    try {
      await this.#apply(addon, { cluster, userCluster, signal, logger: context.logger });
      await this.#writeCondition(addon, { status: "True", reason: "Applied" }, signal);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (!signal.aborted)
        await this.#writeCondition(addon, { status: "False", reason: "ReconcilingError", message }, signal);
      throw error;
    }
    return { requeueAfterMs: enforceIntervalMs };
  }

  async #apply(addon: Addon, { cluster, userCluster, signal, logger }: ApplyInput): Promise<void> {
    const { charts, installation } = this.#options;
    const overwriteRegistry = installation().configuration?.spec?.userCluster?.overwriteRegistry ?? "";
    const values = mergeValues({ ...addonValues(cluster, overwriteRegistry) }, addon.spec.variables ?? {});
    const objects = await charts.render(addon.spec.name, { values, kubernetesVersion: cluster.spec.version, signal });
    const { applied, pruned } = await applyObjects(userCluster.client, {
      parent: parentOf(addon),
      objects,
      fieldManager: FIELD_MANAGER,
      signal,
    });
    if (applied.length > 0 || pruned.length > 0) {
      logger.info({ applied: applied.map(describeObject), pruned: pruned.map(describeObject) }, "Applied an Addon");
    }
  }

  async #remove(addon: Addon, { cluster, userCluster, context }: RemoveInput): Promise<void> {
    if (!addon.metadata.finalizers?.includes(ADDON_FINALIZER)) return;
    // With its cluster go the objects of an Addon; only a living cluster has to be cleaned.
    if (cluster && !cluster.metadata.deletionTimestamp && userCluster) {
      const signal = AbortSignal.any([context.signal, userCluster.signal]);
      await deleteApplySet(userCluster.client, { parent: parentOf(addon), fieldManager: FIELD_MANAGER, signal });
    }
    await removeFinalizer(this.#options.management, addonType, {
      object: addon,
      finalizer: ADDON_FINALIZER,
      signal: context.signal,
    });
  }

  async #writeCondition(addon: Addon, update: ConditionUpdate, signal: AbortSignal): Promise<void> {
    const conditions = changedConditions(addon.status?.conditions, { [RESOURCES_CREATED]: update }, new Date());
    await writeStatus(this.#options.management, addonType, { object: addon, status: { conditions }, signal });
  }
}

interface ApplyInput {
  cluster: Cluster;
  userCluster: UserCluster;
  signal: AbortSignal;
  logger: ReconcileContext["logger"];
}

interface RemoveInput {
  cluster: Cluster | undefined;
  userCluster: UserCluster | undefined;
  context: ReconcileContext;
}

/** ConfigMap in the user cluster that holds an Addon's objects together. */
function parentOf(addon: Addon): { name: string; namespace: string } {
  return { name: `fairlead-addon-${addon.metadata.name ?? ""}`, namespace: KUBE_SYSTEM };
}
