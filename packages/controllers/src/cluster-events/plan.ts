/**
 * What the users of a cluster are told when it changes. Pure.
 * @module
 */
import type { EventText } from "@fairlead/kube";
import { type Addon, addonResourcesCreated, type Cluster, type Condition } from "@fairlead/resources";
import { CONTROL_PLANE_RECONCILED, SPEC_VALID } from "../cluster/status.ts";

/** Between two states of a Cluster, in the order in which people think of them. */
export function clusterEvents(old: Cluster, cluster: Cluster): EventText[] {
  if (cluster.metadata.deletionTimestamp) {
    return old.metadata.deletionTimestamp ? [] : [normal("Deleting", "Delete", "the cluster is being deleted")];
  }
  return [
    ...judgement(old, cluster),
    ...acceptance(old, cluster),
    ...(old.status?.namespaceName ? specChanges(old, cluster) : []),
    ...controlPlane(old, cluster),
    ...failures(old, cluster),
  ];
}

/**
 * Between two states of one of a cluster's add-ons; `old` is undefined where it has just been seen for the first time.
 * Those of {@link addonsApplied} besides.
 */
export function addonEvents(old: Addon | undefined, addon: Addon, cluster: Cluster): EventText[] {
  const { name } = addon.spec;
  const [before, after] = [old, addon].map((state) => state?.status?.conditions?.[addonResourcesCreated]);
  if (after?.status === "False" && !isSame(before, after)) {
    return [warning("AddonFailed", "Apply", `add-on ${name}: ${after.message ?? ""}`)];
  }
  return isCni(addon, cluster) && isNewlyApplied(old, addon)
    ? [normal("CNIApplied", "Apply", `${cniOf(cluster)} is applied`)]
    : [];
}

/** Whether it belongs among those of {@link addonsApplied}. */
export function isAddonApplied(old: Addon | undefined, addon: Addon, cluster: Cluster): boolean {
  return !isCni(addon, cluster) && isNewlyApplied(old, addon);
}

/** A cluster gets several add-ons within a moment, which are one thing to tell. */
export function addonsApplied(names: Iterable<string>): EventText {
  const all = [...names].sort();
  const what = all.length === 1 ? `add-on ${all[0]} is` : `add-ons ${all.join(", ")} are`;
  return normal("AddonApplied", "Apply", `${what} applied`);
}

function isCni({ spec }: Addon, cluster: Cluster): boolean {
  return spec.name === cluster.spec.cniPlugin?.type;
}

function isNewlyApplied(old: Addon | undefined, addon: Addon): boolean {
  const [before, after] = [old, addon].map((state) => state?.status?.conditions?.[addonResourcesCreated]?.status);
  return after === "True" && before !== "True";
}

function judgement(old: Cluster, cluster: Cluster): EventText[] {
  const [before, after] = [old, cluster].map((state) => state.status?.conditions?.[SPEC_VALID]);
  if (!after || isSame(before, after)) return [];
  if (after.status === "False") return [warning("SpecRefused", "Validate", after.message ?? "the spec is not valid")];
  return before?.status === "False" ? [normal("SpecAccepted", "Validate", "the spec is valid again")] : [];
}

function acceptance(old: Cluster, cluster: Cluster): EventText[] {
  if (old.status?.namespaceName || !cluster.status?.namespaceName) return [];
  const { version, clusterNetwork: network } = cluster.spec;
  const parts = [
    `Kubernetes ${version}`,
    cniOf(cluster),
    `${network?.ipFamily}, proxy mode ${network?.proxyMode}`,
    `pods ${network?.pods?.cidrBlocks?.join(" and ")}`,
    `services ${network?.services?.cidrBlocks?.join(" and ")}`,
  ];
  return [normal("Accepted", "Create", `the cluster is created with ${parts.join(", ")}`)];
}

/** Fields whose changes people ask about later. */
const told: readonly { reason: string; what: string; read: (cluster: Cluster) => string | undefined }[] = [
  { reason: "KubernetesChanged", what: "Kubernetes", read: ({ spec }) => spec.version },
  { reason: "CNIChanged", what: "the CNI", read: cniOf },
  { reason: "NetworkChanged", what: "the proxy mode", read: ({ spec }) => spec.clusterNetwork?.proxyMode },
  {
    reason: "NetworkChanged",
    what: "Konnectivity",
    read: ({ spec }) => onOff(spec.clusterNetwork?.konnectivityEnabled),
  },
  { reason: "NetworkChanged", what: "the expose strategy", read: ({ spec }) => spec.exposeStrategy },
  { reason: "Paused", what: "reconciling", read: ({ spec }) => (spec.pause ? "paused" : "active") },
];

function specChanges(old: Cluster, cluster: Cluster): EventText[] {
  return told.flatMap(({ reason, what, read }) => {
    const [before, after] = [read(old), read(cluster)];
    return before === after || (reason === "CNIChanged" && isStep(cluster))
      ? []
      : [normal(reason, "Update", `${what} changes from ${before ?? "nothing"} to ${after ?? "nothing"}`)];
  });
}

/** The steps of an upgrade over several versions are told by who takes them. */
function isStep({ spec, status }: Cluster): boolean {
  const { finishedAt, steps = [] } = status?.cniUpgrade ?? {};
  return finishedAt === undefined && steps.some(({ version }) => version === spec.cniPlugin?.version);
}

function controlPlane(old: Cluster, cluster: Cluster): EventText[] {
  const [before, after] = [old, cluster].map((state) => state.status?.conditions?.[CONTROL_PLANE_RECONCILED]);
  const reached = cluster.status?.versions?.controlPlane;
  if (after?.status === "True" && before?.status !== "True") {
    return [normal("ControlPlaneReady", "Start", `Kubernetes ${reached} answers at ${cluster.status?.address?.url}`)];
  }
  if (after?.status === "False" && before?.status === "True") {
    return [warning("ControlPlaneNotReady", "Observe", after.message ?? "the control plane is not healthy")];
  }
  return [];
}

/** Of controllers that say in a condition what keeps them from their work. */
function failures(old: Cluster, cluster: Cluster): EventText[] {
  return Object.entries(cluster.status?.conditions ?? {}).flatMap(([type, condition]) => {
    if (condition.status !== "False" || condition.reason !== RECONCILING_ERROR) return [];
    if (isSame(old.status?.conditions?.[type], condition)) return [];
    return [warning(RECONCILING_ERROR, "Reconcile", `${type}: ${condition.message ?? ""}`)];
  });
}

const RECONCILING_ERROR = "ReconcilingError";

function isSame(a: Condition | undefined, b: Condition | undefined): boolean {
  return a?.status === b?.status && a?.reason === b?.reason && a?.message === b?.message;
}

function cniOf({ spec }: Cluster): string {
  const { type = "none", version = "" } = spec.cniPlugin ?? {};
  return type === "none" ? "no CNI" : `${type} ${version}`;
}

function onOff(value: boolean | undefined): string {
  return value ? "on" : "off";
}

function normal(reason: string, action: string, note: string): EventText {
  return { type: "Normal", reason, action, note };
}

function warning(reason: string, action: string, note: string): EventText {
  return { type: "Warning", reason, action, note };
}
