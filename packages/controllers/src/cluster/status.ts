/**
 * What a Cluster's status says about its control plane, in KKP's words. Pure.
 * @module
 */
import {
  type ControlPlaneBlockedError,
  type ControlPlaneHealth,
  type ControlPlaneObservation,
  otherTunnel,
  type TunnelObservation,
  wantedTunnel,
} from "@fairlead/control-plane";
import {
  type Cluster,
  type ClusterStatus,
  clusterNamespace,
  clusterOwnerAnnotation,
  type ExtendedHealth,
  type HealthStatus,
  parseClusterOwner,
} from "@fairlead/resources";
import { changedConditions } from "../conditions.ts";
import { VERSION_REACHED, type VersionPlan, versionCondition } from "./kubernetes-version.ts";

/** A merge patch of `status`; null takes a field away. */
export type StatusPatch = Nullable<Omit<ClusterStatus, "extendedHealth" | "tunnel">> & {
  extendedHealth?: Nullable<ExtendedHealth>;
  tunnel?: Nullable<NonNullable<ClusterStatus["tunnel"]>>;
};
type Nullable<T> = { [Field in keyof T]?: T[Field] | null };

export const SPEC_VALID = "SpecValid";
export const CONTROL_PLANE_RECONCILED = "ClusterControllerReconciledSuccessfully";

export interface StatusInput {
  /** Whether the manager has prepared the user cluster and works in it. */
  connected: boolean;
  plan: VersionPlan;
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

/** Nothing of the cluster can be started. */
export function unavailableStatus(cluster: Cluster, plan: VersionPlan, now: Date): StatusPatch {
  const condition = versionCondition(plan, { wanted: cluster.spec.version, reached: undefined });
  return {
    phase: "Creating",
    namespaceName: clusterNamespace(cluster.metadata.name ?? ""),
    errorReason: "UnsupportedChange",
    errorMessage: `spec.version: ${condition.message}`,
    conditions: changedConditions(cluster.status?.conditions, { [VERSION_REACHED]: condition }, now),
  };
}

/** Something outside has to happen first. What runs already goes on, so nothing else is said about it. */
export function blockedStatus(cluster: Cluster, { reason, message }: ControlPlaneBlockedError, now: Date): StatusPatch {
  return {
    conditions: changedConditions(
      cluster.status?.conditions,
      { [CONTROL_PLANE_RECONCILED]: { status: "False", reason, message } },
      now,
    ),
  };
}

/** Of a new cluster. Nothing is said of its control plane, which may be up. */
export function queuedStatus(cluster: Cluster, now: Date): StatusPatch {
  const message = "Many clusters are new: this one is set up when those before it are";
  const update = { status: "False", reason: "WaitingForTurn", message } as const;
  return {
    phase: "Creating",
    conditions: changedConditions(cluster.status?.conditions, { [CONTROL_PLANE_RECONCILED]: update }, now),
  };
}

export function acceptedStatus(
  cluster: Cluster,
  observation: ControlPlaneObservation,
  input: StatusInput,
): StatusPatch {
  const id = cluster.metadata.name ?? "";
  const health: ExtendedHealth = {
    ...extendedHealth(observation.health, input.connected),
    ...tunnelHealth(cluster, observation.tunnel),
  };
  const healthy = allUp(health);
  const wasRunning = cluster.status?.phase === "Running" || cluster.status?.phase === "Updating";
  const wanted = cluster.spec.version.replace(/^v/, "");
  const reached = healthy ? observation.version : cluster.status?.versions?.controlPlane;
  const isUpdating = reached !== undefined && reached !== wanted;
  const { obstacle } = input.plan;
  return {
    ...ownerOf(cluster),
    phase: healthy || wasRunning ? (isUpdating ? "Updating" : "Running") : "Creating",
    namespaceName: clusterNamespace(id),
    errorReason: obstacle ? "UnsupportedChange" : null,
    errorMessage: obstacle ? `spec.version: ${obstacle.message}` : null,
    address: {
      url: observation.address.url,
      externalName: observation.address.host,
      internalURL: observation.address.internalName ?? observation.address.host,
      ip: observation.address.ip ?? observation.address.host,
      port: observation.address.port,
    },
    // What an earlier tunnel left is taken away.
    extendedHealth: { [otherTunnel(wantedTunnel(cluster))]: null, ...health },
    tunnel: observation.tunnel && { konnectivity: null, openvpn: null, ...observation.tunnel.endpoints },
    versions: versionsOf(observation, healthy),
    conditions: changedConditions(
      cluster.status?.conditions,
      {
        [SPEC_VALID]: { status: "True", reason: "Valid", observedGeneration: cluster.metadata.generation },
        [CONTROL_PLANE_RECONCILED]: healthy
          ? { status: "True", reason: "ControlPlaneHealthy" }
          : { status: "False", reason: "ControlPlaneNotReady", message: notReady(health, observation.activity) },
        [VERSION_REACHED]: versionCondition(input.plan, { wanted, reached }),
      },
      input.now,
    ),
  };
}

/** As its creation noted it; what the status says already stays. */
function ownerOf({ metadata, status }: Cluster): Pick<ClusterStatus, "userEmail" | "userName"> {
  const owner = status?.userEmail ? undefined : parseClusterOwner(metadata.annotations?.[clusterOwnerAnnotation]);
  return owner ? { userEmail: owner.email, userName: owner.name } : {};
}

/** Component by component while they are rolled, the whole when it is healthy. */
function versionsOf({ version, versions }: ControlPlaneObservation, healthy: boolean): ClusterStatus["versions"] {
  if (!healthy) return versions;
  return { apiserver: version, controllerManager: version, scheduler: version, ...versions, controlPlane: version };
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

/** KKP names only the tunnel that the cluster asks for; while it is switched, that is the health of the one in use. */
function tunnelHealth(cluster: Cluster, tunnel: TunnelObservation | undefined): ExtendedHealth {
  return tunnel ? { [wantedTunnel(cluster)]: healthStatus(tunnel.health) } : {};
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
