import type { ApiClusterHealth, ApiHealthStatus, ExtendedHealth } from "@fairlead/resources";

const always = [
  "apiserver",
  "applicationController",
  "scheduler",
  "controller",
  "machineController",
  "etcd",
  "cloudProviderInfrastructure",
  "userClusterControllerManager",
] as const satisfies readonly (keyof ExtendedHealth)[];

const whereUsed = [
  "gatekeeperController",
  "gatekeeperAudit",
  "monitoring",
  "logging",
  "alertmanagerConfig",
  "mlaGateway",
  "operatingSystemManager",
  "kubernetesDashboard",
] as const satisfies readonly (keyof ExtendedHealth)[];

/** Health in KKP's shape: some components are always named, empty while unknown, the others only where a cluster has them. */
export function toApiClusterHealth(health: ExtendedHealth = {}): ApiClusterHealth {
  const named = Object.fromEntries(always.map((name) => [name, health[name] ?? ""]));
  const used = Object.fromEntries(whereUsed.flatMap((name) => (health[name] ? [[name, health[name]]] : [])));
  return { ...(named as Record<(typeof always)[number], ApiHealthStatus>), ...used };
}
