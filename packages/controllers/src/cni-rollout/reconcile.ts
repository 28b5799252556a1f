import type { Installation } from "@fairlead/admission";
import type { Informer, KubeClient, ReconcileContext, Reconciler, Request, Result } from "@fairlead/kube";
import { type Cluster, type CniRollout, clusterType, cniRolloutType } from "@fairlead/resources";
import { FIELD_MANAGER } from "../names.ts";
import { kubernetesTime } from "../time.ts";
import { writeStatus } from "../writes.ts";
import { clusterState } from "./cluster-state.ts";
import { inOrder, isSelected, planRollout } from "./plan.ts";
import { requestOf } from "./request.ts";

export interface CniRolloutOptions {
  management: KubeClient;
  rollouts: Informer<CniRollout>;
  clusters: Informer<Cluster>;
  installation: () => Installation;
}

/** A merge patch keeps what it does not name. */
const absent = { finishedAt: null, version: null, valuesDigest: null };
const pollMs = 2_000;
const waitingPollMs = 30_000;

/**
 * Asks one cluster after another for the version or the values, as a user would: the CNI controller takes the steps, checks them and takes
 * them back.
 */
export class CniRolloutReconciler implements Reconciler {
  readonly #options: CniRolloutOptions;

  constructor(options: CniRolloutOptions) {
    this.#options = options;
  }

  async reconcile({ name }: Request, { signal, logger }: ReconcileContext): Promise<Result | undefined> {
    const { management, rollouts, clusters, installation } = this.#options;
    const rollout = rollouts.get(name);
    if (!rollout || rollout.metadata.deletionTimestamp) return undefined;
    const { status: before, metadata } = rollout;
    if (before?.phase === "Complete" && before.observedGeneration === metadata.generation) return undefined;
    const known = installation();
    const selected = clusters.list().filter((cluster) => isSelected(cluster, rollout));
    const ordered = inOrder(selected, rollout);
    const states = ordered.map((cluster) => clusterState(cluster, rollout, known));
    const { status, begin, waiting } = planRollout({ rollout, states, now: kubernetesTime() });
    // First what cannot be decided twice: a cluster that is begun shows so by itself.
    for (const id of begin) {
      logger.info({ Cluster: id, rollout: name }, "Beginning with a cluster of a rollout");
      await this.#begin(clusters.get(id), rollout, signal);
    }
    await writeStatus(management, cniRolloutType, { object: rollout, status: { ...absent, ...status }, signal });
    if (status.phase === "Complete") return undefined;
    return { requeueAfterMs: waiting > 0 ? waitingPollMs : pollMs };
  }

  /** Fails with Conflict if the Cluster is no longer what was decided on; the next look decides anew. */
  async #begin(cluster: Cluster | undefined, rollout: CniRollout, signal: AbortSignal): Promise<void> {
    if (!cluster) return;
    const { name = "", resourceVersion } = cluster.metadata;
    const body = { metadata: { resourceVersion, annotations: requestOf(rollout) } };
    await this.#options.management.mergePatch(clusterType, { name }, body, { fieldManager: FIELD_MANAGER, signal });
  }
}
