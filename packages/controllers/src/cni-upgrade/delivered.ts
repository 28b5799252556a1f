import type { CniValuesChangeStatus } from "@fairlead/resources";

/** What there is of a cluster's CNI, however it is delivered. */
export interface DeliveredCni {
  /** What the installation or add-on is set to; it may still be on its way. */
  version: string;
  state: "ready" | "rolling-out" | "failed" | "held";
  /** In UpperCamelCase, for conditions and events. */
  reason: CniReason;
  /** For people. */
  message: string;
  /** When to look again, though nothing tells. */
  requeueAfterMs?: number;
  /** Of a change of its Helm values, if one is under way or held up. */
  valuesChange?: ValuesChangeOutcome;
}

export interface ValuesChangeOutcome extends Pick<CniValuesChangeStatus, "digest" | "rollout" | "state" | "message"> {
  /** Absent: it is not begun. */
  startedAt?: string;
  /** The Cluster's annotation has done its work, and goes once the status tells. */
  isTaken: boolean;
}

export type CniReason =
  | "RolledOut"
  | "RollingOut"
  | "RolledBack"
  | "InstallationFailed"
  | "PreflightFailed"
  | "HandingOver"
  | "DowngradePending"
  | "Waiting";
