/**
 * Which Kubernetes version a cluster's control plane is to run right now, on the way to the one that is asked for. Pure.
 * Order (docs/decisions/0010): CNI, then API server, then controller manager and scheduler, then kube-proxy; nodes follow
 * when their owner upgrades them.
 * @module
 */
import { compareVersions, incompatibleKubelets, minorNumber } from "@fairlead/network";
import type { ConditionUpdate } from "../conditions.ts";

export interface VersionInput {
  /** `spec.version`, without `v`. */
  readonly wanted: string;
  /** `status.versions.controlPlane`: what the whole control plane has reached; undefined for a new cluster. */
  readonly reached: string | undefined;
  /** `status.versions.apiserver`. */
  readonly apiserver: string | undefined;
  /** Why the provider cannot run the version that is asked for. */
  readonly refusal: string | undefined;
  /** What the nodes' kubelets report. */
  readonly kubelets: readonly string[];
  /** What the CNI that the cluster asks for still lacks. */
  readonly cniLacks: string | undefined;
}

export interface VersionPlan {
  /** Undefined: there is no control plane, and none can be started. */
  readonly version: string | undefined;
  /** Whether that is the version that is asked for. */
  readonly isWanted: boolean;
  /** Why it is not, for the condition; undefined if nothing holds it up. */
  readonly obstacle?: Required<Pick<ConditionUpdate, "reason" | "message">>;
}

/** Whether an upgrade has yet to begin: only then nodes and CNI have to be looked at. */
export function isUpgradePending({
  wanted,
  reached,
  apiserver,
}: Pick<VersionInput, "wanted" | "reached" | "apiserver">) {
  return reached !== undefined && compareVersions(wanted, reached) > 0 && apiserver !== wanted;
}

export function planVersion(input: VersionInput): VersionPlan {
  const { wanted, reached } = input;
  if (reached === wanted) return { version: wanted, isWanted: true };
  const obstacle = obstacleOf(input);
  if (obstacle) return { version: reached, isWanted: false, obstacle };
  return { version: wanted, isWanted: true };
}

function obstacleOf(input: VersionInput): VersionPlan["obstacle"] {
  const { wanted, reached, refusal, kubelets, cniLacks } = input;
  if (refusal) return { reason: "VersionNotAvailable", message: refusal };
  if (reached === undefined) return undefined;
  if (compareVersions(wanted, reached) < 0) {
    return { reason: "Downgrade", message: `${wanted} is older than ${reached}, which the control plane has` };
  }
  if (minorNumber(wanted) > minorNumber(reached) + 1) {
    return { reason: "MinorSkipped", message: `${wanted} is more than one minor release newer than ${reached}` };
  }
  // What the new API server has stored the old one may not read: from here on there is only the way forward.
  if (!isUpgradePending(input)) return undefined;
  const old = incompatibleKubelets(kubelets, wanted);
  if (old.length > 0) {
    const message = `nodes have kubelet ${old.join(", ")}, which does not work with Kubernetes ${wanted}: upgrade them first`;
    return { reason: "KubeletsDoNotFit", message };
  }
  return cniLacks ? { reason: "WaitingForCNI", message: cniLacks } : undefined;
}

export const VERSION_REACHED = "KubernetesVersionReached";

/** Tells the cluster's owner how far the version is that is asked for. */
export function versionCondition(
  { obstacle }: VersionPlan,
  { wanted, reached }: { wanted: string; reached: string | undefined },
): ConditionUpdate {
  if (obstacle) return { status: "False", ...obstacle };
  if (reached === wanted) return { status: "True", reason: "Reached" };
  const from = reached === undefined ? "" : ` from ${reached}`;
  return { status: "False", reason: "RollingOut", message: `the control plane is on its way${from} to ${wanted}` };
}
