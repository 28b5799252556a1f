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
