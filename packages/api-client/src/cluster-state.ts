import type { ApiCluster, ApiClusterHealth, ApiHealthStatus, ApiNode } from "@fairlead/resources";

export type ClusterState = "Creating" | "Running" | "Degraded" | "Deleting";

type Component = [name: string, status: ApiHealthStatus];

/** Components that something is known of. */
export function components(health: ApiClusterHealth | undefined): Component[] {
  return Object.entries(health ?? {}).filter(([, status]) => status !== "");
}

/** The server names a control plane's version once it has been healthy. */
export function clusterState({ deletionTimestamp, status }: ApiCluster, health?: ApiClusterHealth): ClusterState {
  if (deletionTimestamp) return "Deleting";
  if (!status.version) return "Creating";
  return health && !allUp(health) ? "Degraded" : "Running";
}

export function allUp(health: ApiClusterHealth): boolean {
  const known = components(health);
  return known.length > 0 && health.apiserver !== "" && known.every(([, status]) => status === "HealthStatusUp");
}

/** KKP's nodes have no conditions, only errors; Fairlead's may have both. */
export function isNodeReady({ status }: ApiNode): boolean {
  const ready = status.conditions?.find(({ type }) => type === "Ready");
  return ready ? ready.status === "True" : !status.errorReason;
}

export function isSimulated({ labels, spec }: ApiNode): boolean {
  return { ...labels, ...spec.labels }["fairlead.dev/simulated"] === "true";
}

export function healthWord(status: ApiHealthStatus): string {
  switch (status) {
    case "HealthStatusUp":
      return "up";
    case "HealthStatusDown":
      return "down";
    case "HealthStatusProvisioning":
      return "starting";
    case "":
      return "unknown";
  }
}
