import type { KubeClient } from "@fairlead/kube";
import type { AuditLog } from "./audit/audit-log.ts";
import type { MembershipReader } from "./authorization/memberships.ts";
import type { ClusterNames } from "./clusters/cluster-names.ts";
import type { InstallationReader } from "./installation/installation-reader.ts";
import type { SharedReads } from "./shared-reads.ts";
import type { RevokedTokens } from "./users/revoked-tokens.ts";
import type { UserDirectory } from "./users/user-directory.ts";

/** What routes work with. */
export interface ApiContext {
  management: KubeClient;
  reads: SharedReads;
  installation: InstallationReader;
  clusterNames: ClusterNames;
  memberships: MembershipReader;
  users: UserDirectory;
  /** Absent: none is kept. */
  audit?: AuditLog;
  revoked: RevokedTokens;
  /** Undefined while the cluster's API server cannot be talked to. */
  userClusterClient: (clusterId: string) => KubeClient | undefined | Promise<KubeClient | undefined>;
  /** The own values of an application's chart; absent where charts cannot be read. Rejects if this one cannot. */
  chartValues?: ChartValues;
  /** The schema of an application's values; undefined if its chart has none. Absent and rejecting as `chartValues`. */
  chartSchema?: ChartSchema;
  /** First nodes of a cluster whose creator does not say how many; 0: none. */
  defaultNodes: number;
  /** Version of Fairlead. */
  version: string;
}

export type ChartValues = (
  application: { name: string; version: string },
  signal: AbortSignal,
) => Promise<Record<string, unknown>>;

export type ChartSchema = (application: { name: string; version: string }, signal: AbortSignal) => Promise<unknown>;
