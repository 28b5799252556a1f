import {
  builtin,
  isNotFound,
  type KubeObject,
  type Node,
  type Pod,
  type ReconcileContext,
  type Reconciler,
  type Request,
} from "@fairlead/kube";
import { type MachineDeployment, machineDeploymentType } from "@fairlead/resources";
import { mergeDiff } from "../merge-diff.ts";
import { FIELD_MANAGER, KUBE_SYSTEM } from "../names.ts";
import type { UserClusterInformers } from "../user-clusters/user-cluster-informers.ts";
import type { UserCluster, UserClusters } from "../user-clusters/user-clusters.ts";
import {
  NETWORK_READY_ANNOTATION,
  planNetworkReadiness,
  planSandboxes,
  SANDBOX_ANNOTATION,
} from "./network-readiness.ts";
import { KUBELET_ANNOTATION, planNodes } from "./plan.ts";

export interface SimulatedNodesOptions {
  userClusters: UserClusters;
  machineDeployments: UserClusterInformers<MachineDeployment>;
  nodes: UserClusterInformers<Node>;
  pods: UserClusterInformers<Pod>;
}

/** Embedded mode only: keeps the simulated nodes of a user cluster as its MachineDeployments ask, and their network. */
export class SimulatedNodesReconciler implements Reconciler {
  readonly #options: SimulatedNodesOptions;

  constructor(options: SimulatedNodesOptions) {
    this.#options = options;
  }

  /** `request.name` is the cluster's id. */
  async reconcile({ name: id }: Request, { signal }: ReconcileContext): Promise<void> {
    const { userClusters, machineDeployments, nodes, pods } = this.#options;
    const cluster = userClusters.get(id);
    const [deployments, nodeInformer, podInformer] = [machineDeployments.get(id), nodes.get(id), pods.get(id)];
    if (!cluster || !deployments || !nodeInformer || !podInformer) return;
    const either = AbortSignal.any([signal, cluster.signal]);
    await this.#reconcileNodes(cluster, deployments.list(), nodeInformer.list(), either);
    await this.#reconcileNetwork(cluster, nodeInformer.list(), podInformer.list(), either);
  }

  async #reconcileNodes(
    { client }: UserCluster,
    deployments: readonly MachineDeployment[],
    nodes: readonly Node[],
    signal: AbortSignal,
  ): Promise<void> {
    const plan = planNodes(deployments, nodes);
    const options = { fieldManager: FIELD_MANAGER, force: true, signal };
    await Promise.all(plan.create.map((node) => client.apply<KubeObject>(builtin.Node, node, options)));
    await Promise.all(plan.remove.map((name) => client.deleteIfExists(builtin.Node, { name }, { signal })));
    await Promise.all(
      plan.upgrade.map(({ name, kubelet }) => {
        const body = { metadata: { annotations: { [KUBELET_ANNOTATION]: kubelet } } };
        return ignoreGone(client.mergePatch(builtin.Node, { name }, body, options));
      }),
    );
    await Promise.all(
      deployments.map(async ({ metadata, status }) => {
        const { name = "", namespace = KUBE_SYSTEM, generation } = metadata;
        const patch = mergeDiff(status, { observedGeneration: generation, ...plan.status.get(name) });
        if (patch)
          await ignoreGone(
            client.mergePatchStatus(machineDeploymentType, { name, namespace }, { status: patch }, options),
          );
      }),
    );
  }

  async #reconcileNetwork(
    { client }: UserCluster,
    nodes: readonly Node[],
    pods: readonly Pod[],
    signal: AbortSignal,
  ): Promise<void> {
    const options = { fieldManager: FIELD_MANAGER, signal };
    await Promise.all(
      planNetworkReadiness(nodes, pods).map(({ node, ready }) => {
        const body = { metadata: { annotations: { [NETWORK_READY_ANNOTATION]: ready ? "true" : null } } };
        return ignoreGone(client.mergePatch(builtin.Node, { name: node }, body, options));
      }),
    );
    await Promise.all(
      planSandboxes(nodes, pods).map(({ metadata }) => {
        const ref = { name: metadata.name ?? "", namespace: metadata.namespace ?? "" };
        const body = { metadata: { annotations: { [SANDBOX_ANNOTATION]: "ready" } } };
        return ignoreGone(client.mergePatch(builtin.Pod, ref, body, options));
      }),
    );
  }
}

/** What was deleted between plan and write needs no write. */
async function ignoreGone(write: Promise<unknown>): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
