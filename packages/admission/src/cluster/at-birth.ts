/** What a Cluster has from its first moment on. Pure. */
import { type Cluster, controlPlaneFinalizer, initialMachineDeploymentAnnotation } from "@fairlead/resources";

/**
 * A new Cluster whose deletion waits for its control plane: a finalizer that is added later comes too late for one that is
 * deleted at once, or while Fairlead is down. And with first nodes where nothing is said of them.
 * @param defaultNodes how many; 0: none
 */
export function atBirth(cluster: Cluster, defaultNodes: number): Cluster {
  const { annotations, finalizers = [] } = cluster.metadata;
  const metadata = { ...cluster.metadata, finalizers: [...new Set([...finalizers, controlPlaneFinalizer])] };
  if (defaultNodes > 0 && annotations?.[initialMachineDeploymentAnnotation] === undefined) {
    const request = JSON.stringify({ spec: { replicas: defaultNodes } });
    metadata.annotations = { ...annotations, [initialMachineDeploymentAnnotation]: request };
  }
  return { ...cluster, metadata };
}
