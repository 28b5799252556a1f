import { setTimeout as sleep } from "node:timers/promises";
import { type ApiClient, ApiError, isNotFound, isTransient } from "@fairlead/api-client";
import type { ApiNode } from "@fairlead/resources";
import { CommandError, notFound } from "../command-error.ts";
import { exitCode } from "../exit-code.ts";
import { shortDuration } from "../output/age.ts";
import { printable } from "../output/printable.ts";
import { startProgress } from "../output/progress.ts";
import { changeLines, facts, isMet, type Observation, summary, type WaitCondition } from "./observation.ts";

export interface ClusterWait {
  api: ApiClient;
  projectId: string;
  id: string;
  /** What people call it. */
  name: string;
  /** How it is named in a command to wait again. */
  address: string;
  condition: WaitCondition;
  timeoutMs: number;
  /** What goes on in the server when nobody waits any more. */
  operation?: "creation" | "deletion";
  signal: AbortSignal;
  stderr: NodeJS.WriteStream;
  intervalMs?: number;
}

/**
 * Polls until the condition holds.
 * @throws CommandError when the time is over, at Ctrl-C, or if the cluster vanishes while it is waited for
 */
export async function waitForCluster(wait: ClusterWait): Promise<Observation> {
  const { condition, timeoutMs, signal, intervalMs = 1000 } = wait;
  const progress = await startProgress(title(wait), wait.stderr);
  const deadline = Date.now() + timeoutMs;
  let known: ReadonlyMap<string, string> = new Map();
  try {
    for (;;) {
      const seen = await observe(wait);
      const now = facts(seen);
      progress.report(changeLines(known, now), summary(seen));
      known = now;
      if (isMet(seen, condition)) return seen;
      if (!seen.cluster && !seen.problem) throw notFound(`cluster "${wait.name}" was deleted while waiting for it`);
      if (Date.now() >= deadline) throw timedOut(wait, seen);
      await sleep(Math.min(intervalMs, Math.max(0, deadline - Date.now())), undefined, { signal });
    }
  } catch (error) {
    if (signal.aborted) throw interrupted(wait);
    throw error;
  } finally {
    progress.stop();
  }
}

/** A server that restarts is waited for too. */
async function observe({ api, projectId, id }: ClusterWait): Promise<Observation> {
  try {
    const [cluster, health, nodes] = await Promise.all([
      api.cluster(projectId, id),
      api.health(projectId, id),
      nodesIfReachable(api, projectId, id),
    ]);
    return { cluster, health, nodes };
  } catch (error) {
    if (isNotFound(error)) return {};
    if (isTransient(error) && error instanceof Error) return { problem: error.message };
    throw error;
  }
}

/** Undefined until the cluster's API server answers. */
export async function nodesIfReachable(api: ApiClient, projectId: string, id: string): Promise<ApiNode[] | undefined> {
  try {
    return await api.nodes(projectId, id);
  } catch (error) {
    if (error instanceof ApiError && error.status === 503) return undefined;
    throw error;
  }
}

const wanted: Readonly<Record<WaitCondition, string>> = {
  ready: "be ready",
  "nodes-ready": "have all nodes ready",
  deleted: "be deleted",
};

function title({ name, condition }: ClusterWait): string {
  return `Waiting for cluster "${printable(name)}" to ${wanted[condition]}`;
}

function timedOut({ name, condition, timeoutMs }: ClusterWait, seen: Observation): CommandError {
  const waited = `cluster "${name}" is still to ${wanted[condition]} after ${shortDuration(timeoutMs)}`;
  return new CommandError(exitCode.timeout, `${waited}: ${summary(seen)}`);
}

function interrupted({ signal, name, address, condition, operation }: ClusterWait): CommandError {
  const code = signal.reason instanceof CommandError ? signal.reason.exitCode : exitCode.interrupted;
  const goesOn = operation ? `the ${operation} of cluster "${name}" goes on in the server` : "nothing is changed";
  return new CommandError(
    code,
    `interrupted: ${goesOn}; wait again with: fairlead cluster wait ${again(address, condition)}`,
  );
}

function again(address: string, condition: WaitCondition): string {
  return condition === "ready" ? address : `${address} --for ${condition}`;
}
