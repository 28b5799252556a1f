import type { Installation } from "@fairlead/admission";
import type { ReconcileContext } from "@fairlead/kube";
import type { Catalogue } from "@fairlead/network";
import type { Cluster } from "@fairlead/resources";
import type { UserCluster } from "../user-clusters/user-clusters.ts";

/** What one look at a cluster's CNI works with. */
export interface CniScope {
  /** The cluster's id. */
  id: string;
  cluster: Cluster;
  /** `cilium` */
  type: string;
  /** The version that the Cluster asks for. */
  version: string;
  catalogue: Catalogue;
  settings: Installation;
  userCluster: UserCluster;
  logger: ReconcileContext["logger"];
  signal: AbortSignal;
}
