/** What a Cluster has from its first moment on. Pure. */
import {
  type Cluster,
  type ClusterOwner,
  clusterOwnerAnnotation,
  controlPlaneFinalizer,
  formatClusterOwner,
  initialMachineDeploymentAnnotation,
} from "@fairlead/resources";

export interface Birth {
  /** First nodes where nothing is said of them; 0: none. */
  defaultNodes: number;
  /** Whoever creates it; undefined: somebody who has no e-mail address. */
  owner: ClusterOwner | undefined;
}

/**
 * A new Cluster whose deletion waits for its control plane: a finalizer that is added later comes too late for one that is
 * deleted at once, or while Fairlead is down. It knows its owner, whatever its creator says, and its first nodes.
 */
export function atBirth(cluster: Cluster, { defaultNodes, owner }: Birth): Cluster {
  const { finalizers = [] } = cluster.metadata;
  const { [clusterOwnerAnnotation]: _said, ...annotations } = cluster.metadata.annotations ?? {};
  if (owner) annotations[clusterOwnerAnnotation] = formatClusterOwner(owner);
  if (defaultNodes > 0) {
    annotations[initialMachineDeploymentAnnotation] ??= JSON.stringify({ spec: { replicas: defaultNodes } });
  }
  const metadata = { ...cluster.metadata, finalizers: [...new Set([...finalizers, controlPlaneFinalizer])] };
  return { ...cluster, metadata: { ...metadata, ...(Object.keys(annotations).length > 0 ? { annotations } : {}) } };
}
