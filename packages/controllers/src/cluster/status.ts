/**
 * What a Cluster's status says about its control plane, in KKP's words. Pure.
 * @module
 */
import type { ControlPlaneHealth, ControlPlaneObservation } from "@fairlead/control-plane";
import {
  type Cluster,
  type ClusterStatus,
  clusterNamespace,
  type ExtendedHealth,
  type HealthStatus,
} from "@fairlead/resources";
import { changedConditions } from "../conditions.ts";

/** A merge patch of `status`; null takes a field away. */
export type StatusPatch = { [Field in keyof ClusterStatus]?: ClusterStatus[Field] | null };

export const SPEC_VALID = "SpecValid";
const CONTROL_PLANE_RECONCILED = "ClusterControllerReconciledSuccessfully";

export interface StatusInput {
  /** Whether the manager has prepared the user cluster and works in it. */
  connected: boolean;
  now: Date;
}

export function refusedStatus(cluster: Cluster, message: string, now: Date): StatusPatch {
  return {
    errorReason: "InvalidConfiguration",
    errorMessage: message,
    conditions: changedConditions(
      cluster.status?.conditions,
      {
        [SPEC_VALID]: { status: "False", reason: "Invalid", message, observedGeneration: cluster.metadata.generation },
      },
      now,
    ),
  };
}

export function acceptedStatus(
  cluster: Cluster,
  observation: ControlPlaneObservation,
  input: StatusInput,
): StatusPatch {
  const id = cluster.metadata.name ?? "";
  const health = extendedHealth(observation.health, input.connected);
  const healthy = allUp(health);
  const wasRunning = cluster.status?.phase === "Running" || cluster.status?.phase === "Updating";
  return {
    phase: healthy || wasRunning ? "Running" : "Creating",
    namespaceName: clusterNamespace(id),
    errorReason: null,
    errorMessage: null,
    address: {
      url: observation.address.url,
      externalName: observation.address.host,
      internalURL: observation.address.host,
      ip: observation.address.host,
      port: observation.address.port,
    },
    extendedHealth: health,
    versions: healthy
      ? {
          controlPlane: observation.version,
          apiserver: observation.version,
          controllerManager: observation.version,
          scheduler: observation.version,
        }
      : undefined,
    conditions: changedConditions(
      cluster.status?.conditions,
      {
        [SPEC_VALID]: { status: "True", reason: "Valid", observedGeneration: cluster.metadata.generation },
        [CONTROL_PLANE_RECONCILED]: healthy
          ? { status: "True", reason: "ControlPlaneHealthy" }
          : { status: "False", reason: "ControlPlaneNotReady", message: notReady(health, observation.activity) },
      },
      input.now,
    ),
  };
}

function notReady(health: ExtendedHealth, activity: string | undefined): string {
  const waiting = Object.entries(health).flatMap(([name, status]) => (status === "HealthStatusUp" ? [] : [name]));
  const text = `Waiting for ${waiting.join(", ")}`;
  return activity ? `${text} (${activity})` : text;
}

/**
 * KKP runs a pod for each of the last ones; in Fairlead the manager itself does their work, so they are up once the
 * manager works in the cluster.
 */
export function extendedHealth(health: ControlPlaneHealth, connected: boolean): ExtendedHealth {
  const managed = healthStatus(health.apiserver === "up" && !connected ? "provisioning" : health.apiserver);
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

function healthStatus(state: ControlPlaneHealth[keyof ControlPlaneHealth]): HealthStatus {
  switch (state) {
    case "up":
      return "HealthStatusUp";
    case "down":
      return "HealthStatusDown";
    case "provisioning":
      return "HealthStatusProvisioning";
  }
}
