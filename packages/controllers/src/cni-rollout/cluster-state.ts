/**
 * How a cluster stands towards a rollout. It follows from the Cluster alone, so whoever is killed in between loses nothing. Pure.
 * @module
 */
import {
  catalogueOf,
  deliveryObjection,
  type Installation,
  targetProblems,
  valuesChangeProblems,
} from "@fairlead/admission";
import {
  type Cluster,
  type CniRollout,
  cniRolloutAnnotation,
  cniTargetVersionAnnotation,
  cniValuesChangeAnnotation,
} from "@fairlead/resources";
import { allUp } from "../cluster/status.ts";
import { digestOf } from "../cni-application/values-change.ts";
import { CNI_READY } from "../cni-upgrade/status.ts";
import { isTrue } from "../conditions.ts";
import { requestOf } from "./request.ts";

export type RolloutState = "pending" | "progressing" | "done" | "failed" | "held";

export interface ClusterState {
  name: string;
  state: RolloutState;
  /** Why it failed or is held. */
  message: string;
  /** Held for as long as the cluster is what it is: nobody waits for it. */
  isLasting?: true;
}

type Verdict = Omit<ClusterState, "name">;

export function clusterState(cluster: Cluster, rollout: CniRollout, installation: Installation): ClusterState {
  const { name = "" } = cluster.metadata;
  const { version, values } = rollout.spec;
  const begun =
    values === undefined ? versionState(cluster, rollout, version ?? "") : valuesState(cluster, rollout, values);
  return { name, ...(begun ?? unbegun(cluster, rollout, installation)) };
}

/** Undefined: it is not begun. */
function versionState(cluster: Cluster, { metadata }: CniRollout, version: string): Verdict | undefined {
  const { annotations = {} } = cluster.metadata;
  const { status, spec } = cluster;
  const target = annotations[cniTargetVersionAnnotation];
  const isOurs = annotations[cniRolloutAnnotation] === metadata.name;
  const upgrade = status?.cniUpgrade?.target === version ? status.cniUpgrade : undefined;
  if (target === version) {
    const isStuck =
      upgrade && upgrade.finishedAt === undefined && (upgrade.state === "Failed" || upgrade.state === "Blocked");
    return isStuck ? verdict("failed", upgrade.message ?? upgrade.state) : verdict("progressing");
  }
  if (spec.cniPlugin?.version === version) {
    if (isReady(cluster)) return verdict("done");
    // What was done by hand, or long ago, is no failure of this rollout.
    return isOurs ? verdict("failed", notReady(cluster)) : verdict("held", notReady(cluster));
  }
  if (target === undefined && isOurs && upgrade?.state === "Stopped") {
    return verdict("failed", upgrade.message ?? "the upgrade was stopped");
  }
  return undefined;
}

/** Undefined: it is not begun. A change that another rollout, or a user, has made says nothing: values can be changed back. */
function valuesState(
  cluster: Cluster,
  rollout: CniRollout,
  values: NonNullable<CniRollout["spec"]["values"]>,
): Verdict | undefined {
  const digest = digestOf(values);
  const { uid } = rollout.metadata;
  const made = cluster.status?.cniValuesChanges?.find(
    (change) => change.digest === digest && change.rollout?.uid === uid,
  );
  const isAsked = Object.entries(requestOf(rollout)).every(
    ([name, value]) => cluster.metadata.annotations?.[name] === value,
  );
  if (isAsked) return made?.state === "Blocked" ? verdict("failed", made.message) : verdict("progressing");
  if (!made) return undefined;
  switch (made.state) {
    case "RollingOut":
      return verdict("progressing");
    case "Blocked":
    case "Failed":
      return verdict("failed", made.message);
    case "Done":
      return isReady(cluster) ? verdict("done") : verdict("failed", notReady(cluster));
    default:
      return made.state satisfies never;
  }
}

/** What is in the way of a beginning, or that it can be begun. */
function unbegun(cluster: Cluster, rollout: CniRollout, installation: Installation): Verdict {
  const { spec, status } = cluster;
  const { annotations = {} } = cluster.metadata;
  const target = annotations[cniTargetVersionAnnotation];
  if (target !== undefined) return verdict("held", `it is on its way to ${target} already`);
  const isChanging = status?.cniValuesChanges?.[0]?.state === "RollingOut";
  if (isChanging || annotations[cniValuesChangeAnnotation] !== undefined) {
    return verdict("held", "its CNI's values are being changed already");
  }
  if (spec.pause) return verdict("held", "the cluster is paused");
  const catalogue = catalogueOf(installation);
  const withoutValues = rollout.spec.values && deliveryObjection(cluster, catalogue);
  if (withoutValues) return { ...verdict("held", withoutValues), isLasting: true };
  if (!isReady(cluster)) return verdict("held", notReady(cluster));
  if (!allUp(status?.extendedHealth ?? {})) return verdict("held", "its control plane is not healthy");
  const wanted = { ...cluster, metadata: { ...cluster.metadata, annotations: requestOf(rollout) } };
  const [problem] = [...targetProblems(wanted, catalogue), ...valuesChangeProblems(wanted, catalogue)];
  return problem ? verdict("failed", problem.message) : verdict("pending");
}

function verdict(state: RolloutState, message = ""): Verdict {
  return { state, message };
}

function isReady({ status }: Cluster): boolean {
  return isTrue(status?.conditions, CNI_READY);
}

function notReady({ status }: Cluster): string {
  return status?.conditions?.[CNI_READY]?.message || "its CNI is not ready";
}
