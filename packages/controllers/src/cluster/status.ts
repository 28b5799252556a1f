/**
 * What a Cluster's status says about its control plane, in KKP's words. Pure.
 * @module
 */

/** State of one component as a provider observes it. */
export type ComponentState = "up" | "down" | "provisioning";

export type HealthStatus = "HealthStatusUp" | "HealthStatusDown" | "HealthStatusProvisioning";

export interface ControlPlaneHealth {
  etcd: ComponentState;
  apiserver: ComponentState;
  controllerManager: ComponentState;
  scheduler: ComponentState;
}

/** KKP's `status.extendedHealth`. */
export interface ExtendedHealth {
  etcd: HealthStatus;
  apiserver: HealthStatus;
  controller: HealthStatus;
  scheduler: HealthStatus;
  machineController: HealthStatus;
  cloudProviderInfrastructure: HealthStatus;
  userClusterControllerManager: HealthStatus;
  applicationController: HealthStatus;
}

/**
 * KKP runs a pod for each of the last four; in Fairlead the manager itself does their work, so they are up once the
 * manager is connected to the cluster's API server.
 */
export function extendedHealth(health: ControlPlaneHealth, connected: boolean): ExtendedHealth {
  const managed = connected && health.apiserver === "up" ? "HealthStatusUp" : healthStatus(pending(health.apiserver));
  return {
    etcd: healthStatus(health.etcd),
    apiserver: healthStatus(health.apiserver),
    controller: healthStatus(health.controllerManager),
    scheduler: healthStatus(health.scheduler),
    machineController: managed,
    cloudProviderInfrastructure: "HealthStatusUp",
    userClusterControllerManager: managed,
    applicationController: managed,
  };
}

export function allUp(health: ExtendedHealth): boolean {
  return Object.values(health).every((status) => status === "HealthStatusUp");
}

function pending(state: ComponentState): ComponentState {
  return state === "up" ? "provisioning" : state;
}

function healthStatus(state: ComponentState): HealthStatus {
  switch (state) {
    case "up":
      return "HealthStatusUp";
    case "down":
      return "HealthStatusDown";
    case "provisioning":
      return "HealthStatusProvisioning";
  }
}
