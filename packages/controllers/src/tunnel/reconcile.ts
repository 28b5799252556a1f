import { type ControlPlaneProvider, otherTunnel, type Tunnel, wantedTunnel } from "@fairlead/control-plane";
import {
  builtin,
  type Informer,
  type KubeClient,
  parseKubeconfig,
  type ReconcileContext,
  type Reconciler,
  type Request,
  type Result,
} from "@fairlead/kube";
import { type Addon, type Cluster, clusterNamespace, clusterType } from "@fairlead/resources";
import { ADDONS_BY_NAMESPACE } from "../addon-installer/reconcile.ts";
import { patience } from "../cluster/patience.ts";
import { changedConditions } from "../conditions.ts";
import { untilNextLookMs } from "../look-interval.ts";
import { KUBE_SYSTEM } from "../names.ts";
import type { UserCluster, UserClusters } from "../user-clusters/user-clusters.ts";
import { writeStatus } from "../writes.ts";
import { isAvailable, readClientState } from "./client-state.ts";
import { reconcileMetricsApi } from "./metrics-api.ts";
import { type ClientState, planTunnel, samePlan, type TunnelPlan } from "./plan.ts";
import { TUNNEL_READY, tunnelClients, tunnelCondition } from "./status.ts";

export interface TunnelOptions {
  management: KubeClient;
  clusters: Informer<Cluster>;
  addons: Informer<Addon>;
  provider: ControlPlaneProvider;
  userClusters: UserClusters;
  /** Pods on simulated nodes run nothing: no metrics are served, no traffic is carried. */
  simulateNodes: boolean;
}

const switchingIntervalMs = 2_000;
const waitingIntervalMs = 10_000;

/**
 * Watches over the tunnel of each cluster, and leads it from one to the other. What it decides is carried out by others,
 * who ask `planOf`: the control plane's provider starts servers, the add-on installer brings and removes clients.
 */
export class TunnelReconciler implements Reconciler {
  readonly #options: TunnelOptions;
  /** The last view of each cluster's clients; without one a plan assumes that nothing is connected. */
  readonly #clients = new Map<string, { tunnel: Tunnel; state: ClientState }>();
  readonly #plans = new Map<string, TunnelPlan>();
  readonly #listeners = new Set<(clusterId: string) => void>();

  constructor(options: TunnelOptions) {
    this.#options = options;
  }

  /** Calls back with a cluster's id when its plan has changed. */
  onChange(listener: (clusterId: string) => void): void {
    this.#listeners.add(listener);
  }

  /** What holds right now, also for a cluster that was never looked at. */
  planOf(cluster: Cluster): TunnelPlan {
    const { name: id = "" } = cluster.metadata;
    const wanted = wantedTunnel(cluster);
    const client = this.#clients.get(id);
    return planTunnel({
      wanted,
      othersClients: this.#hasClients(id, otherTunnel(wanted)),
      client: client?.tunnel === wanted ? client.state : "unknown",
      inUse: this.#options.provider.observe(id)?.tunnel?.inUse,
    });
  }

  async reconcile({ name: id }: Request, { signal, logger }: ReconcileContext): Promise<Result | undefined> {
    const cluster = this.#options.clusters.get(id);
    if (!cluster || cluster.metadata.deletionTimestamp) {
      this.#clients.delete(id);
      this.#plans.delete(id);
      return undefined;
    }
    const userCluster = this.#options.userClusters.get(id);
    if (!userCluster || cluster.spec.pause) return undefined; // Connecting brings the request back.
    const wanted = wantedTunnel(cluster);
    const patienceMs = patience(cluster, TUNNEL_READY, new Date());
    if (patienceMs > 0 && !this.#hasClients(id, wanted)) return { requeueAfterMs: patienceMs }; // There is nothing to see yet.
    const both = AbortSignal.any([signal, userCluster.signal]);
    const state = await readClientState(userCluster.client, tunnelClients[wanted], both);
    const known = this.#plans.get(id) ?? this.planOf(cluster); // What others were told who have asked already.
    this.#clients.set(id, { tunnel: wanted, state });
    const plan = this.planOf(cluster);
    this.#plans.set(id, plan);
    if (!samePlan(known, plan)) {
      logger.info({ tunnel: wanted, phase: plan.phase }, "Moving on with the tunnel");
      for (const listener of this.#listeners) listener(id);
    }
    await this.#reconcileMetrics(plan, userCluster, both);
    if (patienceMs > 0 && state !== "connected") return { requeueAfterMs: patienceMs };
    await this.#writeCondition(cluster, { plan, state, signal });
    return { requeueAfterMs: intervalOf(plan, state) ?? untilNextLookMs(id, this.#options.clusters.size, Date.now()) };
  }

  /** Only Fairlead's own: what a user installs beside is his. */
  #hasClients(id: string, tunnel: Tunnel): boolean {
    return this.#options.addons
      .byIndex(ADDONS_BY_NAMESPACE, clusterNamespace(id))
      .some(
        ({ metadata, spec }) => spec.isDefault && spec.name === tunnelClients[tunnel] && !metadata.deletionTimestamp,
      );
  }

  async #reconcileMetrics({ step }: TunnelPlan, { id, client, kubeconfig }: UserCluster, signal: AbortSignal) {
    const { provider, simulateNodes } = this.#options;
    const inCluster = async () => {
      const ref = { name: "metrics-server", namespace: KUBE_SYSTEM };
      return isAvailable(await client.find(builtin.Deployment, ref, { signal }));
    };
    const isServed =
      !simulateNodes &&
      (step.use === "konnectivity" ? await inCluster() : (provider.observe(id)?.tunnel?.servesMetrics ?? false));
    await reconcileMetricsApi(client, { isServed, ca: () => parseKubeconfig(kubeconfig).ca ?? "", signal });
  }

  async #writeCondition(
    cluster: Cluster,
    { plan, state, signal }: { plan: TunnelPlan; state: ClientState; signal: AbortSignal },
  ): Promise<void> {
    const { management, simulateNodes } = this.#options;
    const update = tunnelCondition(plan, { client: state, simulated: simulateNodes });
    const conditions = changedConditions(cluster.status?.conditions, { [TUNNEL_READY]: update }, new Date());
    await writeStatus(management, clusterType, { object: cluster, status: { conditions }, signal });
  }
}

/** Undefined: nothing is about to change. */
function intervalOf({ phase }: TunnelPlan, client: ClientState): number | undefined {
  if (phase !== "settled") return switchingIntervalMs;
  return client === "connected" ? undefined : waitingIntervalMs;
}
