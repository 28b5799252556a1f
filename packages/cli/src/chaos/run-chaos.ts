import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "@fairlead/components";
import { waitFor } from "@fairlead/kube";
import { clusterType } from "@fairlead/resources";
import { processesOf } from "../start/testing/fairlead-process.ts";
import { provoke } from "./faults.ts";
import { RulesWatcher } from "./forbidden.ts";
import { leftovers } from "./leftovers.ts";
import { type Change, describeRound, needsUser, type Round } from "./rounds.ts";
import type { SmallDisk } from "./small-disk.ts";
import { Subject } from "./subject.ts";
import { differences, type Wanted } from "./world.ts";

export interface ChaosOptions {
  rounds: readonly Round[];
  /** Of the first round to carry out, counted from 1; left out: all of them. */
  from?: number;
  /** Mounted on the data directory: for rounds that fill it. */
  disk?: SmallDisk;
  /** Left out: a new one. */
  data?: string;
  /** Gets a line for each round. */
  print: (line: string) => void;
  signal?: AbortSignal;
}

export interface ChaosResult {
  /** How often something was hit. */
  hits: number;
  /** Longest time from a fault to a world that is as it should be, in milliseconds. */
  slowestMs: number;
}

/** What has to be there in the end. */
interface Expected extends Wanted {
  neighbour: boolean;
}

const main = "chaos";
const neighbour = "other";
const convergesWithinMs = 300_000;

export async function chaosDirectory(): Promise<string> {
  return await mkdtemp(join(tmpdir(), "fairlead-chaos-"));
}

/**
 * A whole `fairlead start` with one cluster or two, which are created, changed and deleted while things go wrong. After each round
 * the world has to be what the Clusters say: one CNI, one tunnel, at most one helm release, nothing of what is gone; and no Cluster
 * that the rules forbid was ever stored.
 * @throws Error that names the round and what is wrong; the data directory is then kept
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const { rounds, print, signal } = options;
  const data = options.data ?? (await chaosDirectory());
  const subject = new Subject({ data, port: await freePort(), ...(options.disk ? { disk: options.disk } : {}) });
  const watcher = new RulesWatcher();
  const expected: Expected = { cni: { type: "canal", version: "v3.31" }, konnectivity: true, neighbour: false };
  const result: ChaosResult = { hits: 0, slowestMs: 0 };
  try {
    await subject.start();
    await watcher.watch(subject.management);
    await subject.createProject();
    await subject.createCluster(main, expected.cni);
    await converge(subject, expected);
    for (const [index, round] of rounds.entries().drop((options.from ?? 1) - 1)) {
      signal?.throwIfAborted();
      const what = `round ${index + 1} of ${rounds.length}: ${describeRound(round)}`;
      const started = Date.now();
      try {
        result.hits += await carryOut(subject, round, { expected, watcher });
      } catch (error) {
        throw new Error(`${what} (data in ${data})`, { cause: error });
      }
      const tookMs = Date.now() - started;
      result.slowestMs = Math.max(result.slowestMs, tookMs - round.delayMs);
      print(`${what}: right again after ${(tookMs / 1000).toFixed(1)} s`);
    }
  } catch (error) {
    watcher.stop();
    await subject.stop("SIGKILL");
    throw error;
  }
  watcher.stop();
  await subject.stop("SIGINT");
  const left = await processesOf(data);
  if (left.length > 0) throw new Error(`processes ${left.join(", ")} outlived Fairlead`);
  await rm(data, { recursive: true, force: true });
  return result;
}

interface Course {
  expected: Expected;
  watcher: RulesWatcher;
}

async function carryOut(subject: Subject, round: Round, { expected, watcher }: Course): Promise<number> {
  const { change, delayMs } = round;
  const userRemoves = change.kind === "cni" && needsUser(expected.cni, change.to);
  await ask(subject, change, expected);
  await sleep(delayMs);
  const before = subject.management;
  const hits = await provoke(subject, round);
  if (subject.management !== before) await watcher.watch(subject.management);
  if (userRemoves) await subject.removeCilium(main);
  await converge(subject, expected);
  if (watcher.found.length > 0) throw new Error(`a forbidden state was stored: ${watcher.found.join("; ")}`);
  return hits;
}

/** Asks for the change, and notes what is to be expected from then on. */
async function ask(subject: Subject, change: Change, expected: Expected): Promise<void> {
  switch (change.kind) {
    case "cni":
      expected.cni = change.to;
      return await subject.change(main, { cniPlugin: change.to });
    case "tunnel":
      expected.konnectivity = !expected.konnectivity;
      return await subject.change(main, { clusterNetwork: { konnectivityEnabled: expected.konnectivity } });
    case "neighbour":
      expected.neighbour = !expected.neighbour;
      return expected.neighbour
        ? await subject.createCluster(neighbour, expected.cni)
        : await subject.deleteCluster(neighbour);
    default:
      return change satisfies never;
  }
}

async function converge(subject: Subject, expected: Expected): Promise<void> {
  let last: string[] = [];
  await waitFor(
    async () => {
      if (subject.process.ended !== undefined) return true;
      last = ["the API servers do not answer"];
      last = await allDifferences(subject, expected);
      return last.length === 0;
    },
    { what: "the world to be as it should be", timeoutMs: convergesWithinMs, intervalMs: 500 },
  ).catch((error: unknown) => {
    throw new Error(`it is still not what it should be: ${last.join("; ")}`, { cause: error });
  });
  const { ended, output } = subject.process;
  if (ended !== undefined) throw new Error(`Fairlead ended by itself (${ended}):\n${output}`);
}

async function allDifferences(subject: Subject, expected: Expected): Promise<string[]> {
  const { management } = subject;
  await using user = await subject.userClient(main);
  const found = await differences({ management, user, id: main }, expected);
  const other = await management.find(clusterType, { name: neighbour });
  if (expected.neighbour) {
    const ready = other?.status?.conditions?.CNIReady;
    if (ready?.status !== "True")
      found.push(`cluster ${neighbour} is ${other ? (ready?.message ?? "new") : "not there"}`);
  } else if (other) {
    found.push(`cluster ${neighbour} is still there`);
  }
  return [...found, ...(await subject.restProblems(main)), ...(await leftovers(subject))];
}
