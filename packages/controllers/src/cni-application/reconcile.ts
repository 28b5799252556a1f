import { catalogueOf, type Installation } from "@fairlead/admission";
import type { Informer, KubeClient, ReconcileContext, Reconciler, Request, Result } from "@fairlead/kube";
import { isSystemApplication } from "@fairlead/network";
import {
  type ApplicationDefinition,
  type ApplicationInstallation,
  applicationInstallationType,
  type Cluster,
  clusterType,
  initialCniValuesAnnotation,
} from "@fairlead/resources";
import { SPEC_VALID } from "../cluster/status.ts";
import { type ConditionUpdate, changedConditions, isTrue } from "../conditions.ts";
import { FIELD_MANAGER, KUBE_SYSTEM } from "../names.ts";
import type { UserClusterInformers } from "../user-clusters/user-cluster-informers.ts";
import type { UserClusters } from "../user-clusters/user-clusters.ts";
import { writeStatus } from "../writes.ts";
import { planInstallation } from "./plan.ts";

const CNI_RECONCILED = "CNIControllerReconciledSuccessfully";

export interface CniApplicationOptions {
  management: KubeClient;
  clusters: Informer<Cluster>;
  definitions: Informer<ApplicationDefinition>;
  installations: UserClusterInformers<ApplicationInstallation>;
  userClusters: UserClusters;
  installation: () => Installation;
}

/** Keeps the ApplicationInstallation of a cluster whose CNI comes as application. */
export class CniApplicationReconciler implements Reconciler {
  readonly #options: CniApplicationOptions;

  constructor(options: CniApplicationOptions) {
    this.#options = options;
  }

  /** `request.name` is the cluster's id. */
  async reconcile({ name: id }: Request, context: ReconcileContext): Promise<Result | undefined> {
    const { clusters, userClusters, installations } = this.#options;
    const cluster = clusters.get(id);
    const userCluster = userClusters.get(id);
    const informer = installations.get(id);
    if (!cluster || !userCluster || !informer || !this.#applies(cluster)) return undefined;
    const signal = AbortSignal.any([context.signal, userCluster.signal]);
    const name = cluster.spec.cniPlugin?.type ?? "";
    const existing = informer.get(`${KUBE_SYSTEM}/${name}`);
    if (existing?.metadata.deletionTimestamp) return undefined; // Created anew once it is gone.
    try {
      const plan = planInstallation({
        cluster,
        definition: this.#options.definitions.get(name),
        existing,
        version: cluster.spec.cniPlugin?.version ?? "",
        overwriteRegistry: this.#options.installation().configuration?.spec?.userCluster?.overwriteRegistry,
      });
      const options = { fieldManager: FIELD_MANAGER, signal };
      if (plan.action === "create") {
        context.logger.info(
          { version: plan.installation.spec.applicationRef.version },
          "Creating the CNI's ApplicationInstallation",
        );
        await userCluster.client.create(applicationInstallationType, plan.installation, options);
      } else if (plan.action === "replace") {
        context.logger.info(
          { version: plan.installation.spec.applicationRef.version },
          "Updating the CNI's ApplicationInstallation",
        );
        await userCluster.client.replace(applicationInstallationType, plan.installation, options);
      }
      await this.#forgetInitialValues(cluster, signal);
      await this.#writeCondition(cluster, { status: "True", reason: "ApplicationInstallationUpToDate" }, signal);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (!signal.aborted)
        await this.#writeCondition(cluster, { status: "False", reason: "ReconcilingError", message }, signal);
      throw error;
    }
    return undefined;
  }

  #applies(cluster: Cluster): boolean {
    const { type = "none", version = "" } = cluster.spec.cniPlugin ?? {};
    return (
      !cluster.metadata.deletionTimestamp &&
      !cluster.spec.pause &&
      isTrue(cluster.status?.conditions, SPEC_VALID) &&
      cluster.status?.address?.port !== undefined &&
      isSystemApplication(catalogueOf(this.#options.installation(), [{ type, version }]), { type, version })
    );
  }

  async #forgetInitialValues(cluster: Cluster, signal: AbortSignal): Promise<void> {
    if (cluster.metadata.annotations?.[initialCniValuesAnnotation] === undefined) return;
    const body = { metadata: { annotations: { [initialCniValuesAnnotation]: null } } };
    await this.#options.management.mergePatch(clusterType, { name: cluster.metadata.name ?? "" }, body, {
      fieldManager: FIELD_MANAGER,
      signal,
    });
  }

  async #writeCondition(cluster: Cluster, update: ConditionUpdate, signal: AbortSignal): Promise<void> {
    const conditions = changedConditions(cluster.status?.conditions, { [CNI_RECONCILED]: update }, new Date());
    await writeStatus(this.#options.management, clusterType, { object: cluster, status: { conditions }, signal });
  }
}
