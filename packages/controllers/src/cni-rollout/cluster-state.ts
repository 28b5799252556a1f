/**
 * How a cluster stands towards a rollout. It follows from the Cluster alone, so whoever is killed in between loses nothing. Pure.
 * @module
 */
import { catalogueOf, type Installation, targetProblems } from "@fairlead/admission";
import { type Cluster, type CniRollout, cniRolloutAnnotation, cniTargetVersionAnnotation } from "@fairlead/resources";
import { allUp } from "../cluster/status.ts";
import { CNI_READY } from "../cni-upgrade/status.ts";
import { isTrue } from "../conditions.ts";

export type RolloutState = "pending" | "progressing" | "done" | "failed" | "held";

export interface ClusterState {
  name: string;
  state: RolloutState;
  /** Why it failed or is held. */
  message: string;
}

export function clusterState(cluster: Cluster, rollout: CniRollout, installation: Installation): ClusterState {
  const { name = "", annotations = {} } = cluster.metadata;
  const { version } = rollout.spec;
  const { status, spec } = cluster;
  const state = (value: RolloutState, message = ""): ClusterState => ({ name, state: value, message });
  const target = annotations[cniTargetVersionAnnotation];
  const isOurs = annotations[cniRolloutAnnotation] === rollout.metadata.name;
  const upgrade = status?.cniUpgrade?.target === version ? status.cniUpgrade : undefined;
  if (target === version) {
    const isStuck =
      upgrade && upgrade.finishedAt === undefined && (upgrade.state === "Failed" || upgrade.state === "Blocked");
    return isStuck ? state("failed", upgrade.message ?? upgrade.state) : state("progressing");
  }
  const isReady = isTrue(status?.conditions, CNI_READY);
  if (spec.cniPlugin?.version === version) {
    if (isReady) return state("done");
    // What was done by hand, or long ago, is no failure of this rollout.
    return isOurs ? state("failed", notReady(cluster)) : state("held", notReady(cluster));
  }
  if (target !== undefined) return state("held", `it is on its way to ${target} already`);
  if (isOurs && upgrade?.state === "Stopped") return state("failed", upgrade.message ?? "the upgrade was stopped");
  if (spec.pause) return state("held", "the cluster is paused");
  if (!isReady) return state("held", notReady(cluster));
  if (!allUp(status?.extendedHealth ?? {})) return state("held", "its control plane is not healthy");
  const wanted = {
    ...cluster,
    metadata: { ...cluster.metadata, annotations: { [cniTargetVersionAnnotation]: version } },
  };
  const [problem] = targetProblems(wanted, catalogueOf(installation));
  return problem ? state("failed", problem.message) : state("pending");
}

function notReady({ status }: Cluster): string {
  return status?.conditions?.[CNI_READY]?.message || "its CNI is not ready";
}
