import type { KubeClient } from "@fairlead/kube";
import type { ClusterNames } from "./clusters/cluster-names.ts";
import type { InstallationReader } from "./installation/installation-reader.ts";

/** What routes work with. */
export interface ApiContext {
  management: KubeClient;
  installation: InstallationReader;
  clusterNames: ClusterNames;
  /** Undefined while the cluster's API server cannot be talked to. */
  userClusterClient: (clusterId: string) => KubeClient | undefined;
  /** Version of Fairlead. */
  version: string;
}
