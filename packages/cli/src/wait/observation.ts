/**
 * What is known of a cluster while it is waited for, and what that means. Pure.
 * @module
 */
import { allUp, clusterState, components, healthWord, isNodeReady, isSimulated } from "@fairlead/api-client";
import type { ApiCluster, ApiClusterHealth, ApiNode } from "@fairlead/resources";

export const waitConditions = ["ready", "nodes-ready", "deleted"] as const;
export type WaitCondition = (typeof waitConditions)[number];

export interface Observation {
  /** Undefined once it is deleted. */
  cluster?: ApiCluster;
  health?: ApiClusterHealth;
  /** Undefined while the cluster's API server does not answer. */
  nodes?: readonly ApiNode[];
  /** Why nothing could be learnt this time. */
  problem?: string;
}

export function isMet({ cluster, health, nodes, problem }: Observation, condition: WaitCondition): boolean {
  if (problem) return false;
  switch (condition) {
    case "deleted":
      return !cluster;
    case "ready":
      return isRunning(cluster, health);
    case "nodes-ready":
      return isRunning(cluster, health) && nodes !== undefined && nodes.length > 0 && nodes.every(isNodeReady);
  }
}

function isRunning(cluster: ApiCluster | undefined, health: ApiClusterHealth | undefined): boolean {
  return cluster !== undefined && health !== undefined && clusterState(cluster, health) === "Running" && allUp(health);
}

/** Name and state of everything that can change while waiting. */
export function facts({ cluster, health, nodes, problem }: Observation): Map<string, string> {
  if (problem) return new Map([["the server", problem]]);
  if (!cluster) return new Map([["the cluster", "deleted"]]);
  const known = new Map<string, string>();
  if (cluster.deletionTimestamp) known.set("the cluster", "being deleted");
  for (const [name, status] of components(health)) known.set(name, healthWord(status));
  if (nodes && nodes.length > 0) known.set("nodes", nodesReady(nodes));
  return known;
}

/** One line for each state that something has newly entered: `up: apiserver, etcd`. */
export function changeLines(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  const entered = [...after].filter(([name, state]) => before.get(name) !== state);
  const byState = Map.groupBy(entered, ([, state]) => state);
  return [...byState].map(([state, names]) => `${names.map(([name]) => name).join(", ")}: ${state}`);
}

/** Where it stands, in one line. */
export function summary(observation: Observation): string {
  const { cluster, health, nodes, problem } = observation;
  if (problem) return problem;
  if (!cluster) return "deleted";
  if (cluster.deletionTimestamp) return "being deleted";
  const known = components(health);
  const waiting = known.filter(([, status]) => status !== "HealthStatusUp").map(([name]) => name);
  const parts = [
    known.length === 0 ? "control plane not begun" : `${known.length - waiting.length}/${known.length} components up`,
    ...(waiting.length > 0 ? [`waiting for ${waiting.join(", ")}`] : []),
    ...(nodes && nodes.length > 0 ? [`nodes ${nodesReady(nodes)}`] : []),
  ];
  return parts.join(", ");
}

/** `1/2 ready, simulated` */
function nodesReady(nodes: readonly ApiNode[]): string {
  return `${readyCount(nodes)} ready${nodes.some(isSimulated) ? ", simulated" : ""}`;
}

/** `1/2` */
export function readyCount(nodes: readonly ApiNode[]): string {
  return `${nodes.filter(isNodeReady).length}/${nodes.length}`;
}
