/**
 * How a control plane is, from its workloads as the seed reports them. Pure.
 * @module
 */
import type { Deployment, KubeObject, StatefulSet } from "@fairlead/kube";
import { compareVersions } from "@fairlead/network";
import type { ComponentHealth, ControlPlaneHealth } from "../provider.ts";
import { tunnelOfPod } from "../tunnel/konnectivity-server.ts";
import type { Tunnel } from "../tunnel/tunnel.ts";
import { type Component, VERSION_LABEL } from "./manifests/pod.ts";

type Workload = Deployment | StatefulSet;

const components = {
  etcd: "etcd",
  apiserver: "apiserver",
  controllerManager: "controller-manager",
  scheduler: "scheduler",
} as const satisfies Record<keyof ControlPlaneHealth, Component>;

/** @param before what was known last: a component that was up and no longer is, is down */
export function controlPlaneHealth(
  live: readonly KubeObject[],
  before: ControlPlaneHealth | undefined,
): ControlPlaneHealth {
  const healthOf = (name: keyof ControlPlaneHealth): ComponentHealth => {
    const workload = workloadOf(live, components[name]);
    if (workload && serves(workload)) return "up";
    if (workload && hasFailed(workload)) return "down";
    return before?.[name] === "up" || before?.[name] === "down" ? "down" : "provisioning";
  };
  return {
    etcd: healthOf("etcd"),
    apiserver: healthOf("apiserver"),
    controllerManager: healthOf("controllerManager"),
    scheduler: healthOf("scheduler"),
  };
}

/** What all pods of kube-apiserver go through; undefined while there are none, and while they are replaced. */
export function tunnelInUse(live: readonly KubeObject[]): Tunnel | undefined {
  const workload = workloadOf(live, "apiserver");
  return workload?.spec && isRolledOut([workload]) ? tunnelOfPod(workload.spec.template.spec) : undefined;
}

/** A proxy-server is beside each kube-apiserver; OpenVPN's server is a workload of its own. */
export function tunnelHealth(
  live: readonly KubeObject[],
  use: Tunnel,
  { apiserver }: ControlPlaneHealth,
): ComponentHealth {
  if (use === "konnectivity" || apiserver !== "up") return apiserver;
  return isServed(live, "openvpn-server") ? "up" : "down";
}

/** Whether a workload that is no component of Kubernetes serves. */
export function isServed(live: readonly KubeObject[], name: "openvpn-server" | "metrics-server"): boolean {
  const workload = workloadOf(live, name);
  return workload !== undefined && serves(workload);
}

/** All replicas are of the latest template and ready: what comes after it may follow. */
export function isRolledOut(live: readonly KubeObject[]): boolean {
  return live.filter(isWorkload).every(({ metadata, spec, status }) => {
    const wanted = spec?.replicas ?? 1;
    return (
      (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0) &&
      status?.updatedReplicas === wanted &&
      (status?.readyReplicas ?? 0) >= wanted &&
      (status?.replicas ?? 0) === wanted
    );
  });
}

/** The oldest Kubernetes version among the components that there are; undefined while there are none. */
export function oldestVersion(live: readonly KubeObject[]): string | undefined {
  return live
    .filter((object) => object.kind === "Deployment")
    .flatMap(({ metadata }) => metadata.labels?.[VERSION_LABEL] ?? [])
    .sort(compareVersions)[0];
}

/** What a roll-out waits for, for people. */
export function describeWaiting(live: readonly KubeObject[]): string | undefined {
  const waiting = live.filter(isWorkload).filter((workload) => !isRolledOut([workload]));
  if (waiting.length === 0) return undefined;
  return waiting
    .map(
      ({ metadata, spec, status }) => `${metadata.name}: ${status?.readyReplicas ?? 0} of ${spec?.replicas ?? 1} ready`,
    )
    .join(", ");
}

/** etcd serves while a majority of its members does, everything else with one replica. */
function serves({ kind, spec, status }: Workload): boolean {
  const wanted = spec?.replicas ?? 1;
  const least = kind === "StatefulSet" ? Math.floor(wanted / 2) + 1 : 1;
  return (status?.readyReplicas ?? 0) >= least;
}

function hasFailed({ status }: Workload): boolean {
  const conditions = status && "conditions" in status ? (status.conditions ?? []) : [];
  return conditions.some(({ type, status: value }) => type === "Progressing" && value === "False");
}

function workloadOf(live: readonly KubeObject[], name: string): Workload | undefined {
  return live.filter(isWorkload).find(({ metadata }) => metadata.name === name);
}

function isWorkload(object: KubeObject): object is Workload {
  return object.kind === "Deployment" || object.kind === "StatefulSet";
}
