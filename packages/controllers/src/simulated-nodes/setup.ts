import { builtin, type KubeObject, type ResourceType } from "@fairlead/kube";
import { machineDeploymentType } from "@fairlead/resources";
import { type Foundation, reconcileTimeoutMs } from "../foundation.ts";
import { UserClusterInformers } from "../user-clusters/user-cluster-informers.ts";
import { SimulatedNodesReconciler } from "./reconcile.ts";

export function setUpSimulatedNodes(foundation: Foundation): void {
  const { options, userClusters } = foundation;
  const changed = (id: string) => foundation.enqueue("simulated-nodes", { name: id });
  const follow = <T extends KubeObject>(type: ResourceType<T>) =>
    new UserClusterInformers<T>({
      userClusters,
      type,
      logger: options.logger,
      onChange: changed,
      onSynced: changed,
    });
  const reconciler = new SimulatedNodesReconciler({
    userClusters,
    machineDeployments: follow(machineDeploymentType),
    nodes: follow(builtin.Node),
    pods: follow(builtin.Pod),
  });
  foundation.ownController("simulated-nodes", reconciler, { concurrency: 4, reconcileTimeoutMs });
}
