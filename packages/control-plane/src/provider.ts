import type { KubeObject } from "@fairlead/kube";
import type { Cluster } from "@fairlead/resources";
import type { Logger } from "pino";
import type { Tunnel, TunnelEndpoints, TunnelStep } from "./tunnel/tunnel.ts";

/** `provisioning`: not up yet, and nothing says that it will not be. `down`: was up, or failed to start. */
export type ComponentHealth = "up" | "down" | "provisioning";

export interface ControlPlaneHealth {
  etcd: ComponentHealth;
  apiserver: ComponentHealth;
  controllerManager: ComponentHealth;
  scheduler: ComponentHealth;
}

export interface ControlPlaneAddress {
  /** `https://host:port` */
  url: string;
  host: string;
  port: number;
  /** Address that pods of the user cluster use instead of the host; absent: the host is one. */
  ip?: string;
  /** Name for those who are inside of the seed; absent: the host. */
  internalName?: string;
}

/** The control plane's side of its tunnels to the nodes. */
export interface TunnelObservation {
  /** Of the server of the tunnel that kube-apiserver goes through; its clients are in the user cluster. */
  health: ComponentHealth;
  /** What all replicas of kube-apiserver go through; undefined until the first is up, and while they are replaced. */
  inUse: Tunnel | undefined;
  endpoints: TunnelEndpoints;
  /** Whether a metrics-server beside the control plane answers. */
  servesMetrics?: boolean;
}

/** What is known about a control plane right now. */
export interface ControlPlaneObservation {
  health: ControlPlaneHealth;
  /** For people: what takes long right now, and how far it is. Undefined when nothing does. */
  activity?: string | undefined;
  address: ControlPlaneAddress;
  /** Kubernetes version, without `v`, that all components have reached; at first the one asked for. */
  version: string;
  /** What each component was started with last; absent: not since the provider started. */
  versions?: { apiserver?: string; controllerManager?: string; scheduler?: string };
  /** For the platform's administrators; group `fairlead:cluster-admins`. Others get tokens, which can be revoked. */
  adminKubeconfig: string;
  /** For Fairlead itself. */
  managerKubeconfig: string;
  /** What has to be in the user cluster for the control plane's sake; whoever works there applies it. Absent: nothing. */
  userClusterObjects?: readonly KubeObject[];
  /** Absent until anything is known of it. */
  tunnel?: TunnelObservation;
}

/** Why nothing can be done about a control plane right now, for the cluster's owner; it is worth another try. */
export class ControlPlaneBlockedError extends Error {
  override readonly name = "ControlPlaneBlockedError";
  /** One CamelCase word for machines. */
  readonly reason: string;
  readonly retryAfterMs: number;

  constructor(reason: string, message: string, options: ErrorOptions & { retryAfterMs: number }) {
    super(message, options);
    this.reason = reason;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** Runs control planes of user clusters, wherever that may be. */
export interface ControlPlaneProvider {
  /**
   * Moves the control plane towards what the Cluster asks for: starts what is missing, restarts what was started with
   * other arguments or files, leaves alone what is right. A newer Kubernetes version reaches the API server first, and the
   * others when it serves. Does not wait until all is up; `onChange` tells when to look
   * again. A failed attempt is thrown by the call after it, so that the caller's retry delays apply; the call after that
   * tries again.
   * @param context.tunnel where a switch of the tunnel is; default: what the Cluster asks for
   * @throws ControlPlaneBlockedError if something outside has to happen first
   */
  ensure(
    cluster: Cluster,
    context: { signal: AbortSignal; logger: Logger; tunnel?: TunnelStep },
  ): Promise<ControlPlaneObservation>;

  /** Why no control plane of that Kubernetes version can be run here; undefined if one can, as far as is known. */
  refusal?(kubernetesVersion: string): string | undefined;

  /** Undefined for a cluster that `ensure` was not called for since the provider started. */
  observe(clusterId: string): ControlPlaneObservation | undefined;

  /**
   * Ends the control plane and removes all its data. Interrupts a running start; does nothing if nothing is there.
   * @returns false while something is still there: call again
   * @throws ControlPlaneBlockedError if something outside has to happen first
   */
  remove(cluster: Cluster, context: { signal: AbortSignal }): Promise<boolean>;

  /** Calls back with a cluster's id whenever what `observe` says may have changed. Returns how to stop that. */
  onChange(listener: (clusterId: string) => void): () => void;
}
