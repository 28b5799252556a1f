import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { forEachConcurrently } from "@fairlead/kube";
import { loadCatalogue } from "@fairlead/network";
import { CommandError, usageError } from "../command-error.ts";
import { exitCode } from "../exit-code.ts";
import { type ClusterRun, planRuns, type Step, verifiableVersions } from "./plan.ts";
import { Verification, type VerifiedCluster } from "./verification.ts";

export interface VerifyOptions {
  /** Holds packages `cilium-<version>.tgz`. */
  directory: string;
  write: (line: string) => void;
  signal: AbortSignal;
}

interface Tally {
  planned: number;
  passed: number;
  failed: number;
}

/** Clusters at a time: each has a control plane of its own. */
const concurrency = 2;

/**
 * Installs, upgrades and changes Cilium from packages of its chart, through Fairlead: real API servers, helm and registry,
 * simulated nodes. Writes a line for each step as it ends, and one at last that counts.
 * @throws CommandError if a step failed, or if it was interrupted
 */
export async function verifyCharts({ directory, write, signal }: VerifyOptions): Promise<void> {
  const since = performance.now();
  const catalogue = loadCatalogue("current");
  const packaged = await packagedVersions(directory);
  const versions = verifiableVersions(catalogue, packaged);
  if (versions.length === 0) {
    const known = verifiableVersions(catalogue, [...(catalogue.types.get("cilium")?.versions.keys() ?? [])]);
    throw usageError(
      `${directory}: no package that is verified; expected cilium-<version>.tgz with one of ${known.join(", ")}`,
    );
  }
  const runs = planRuns(versions, catalogue);
  const tally: Tally = { planned: runs.flat().length, passed: 0, failed: 0 };
  write(
    `Verifying Cilium ${versions.join(", ")}: ${tally.planned} steps on ${runs.length} clusters, nodes are simulated`,
  );
  write(line("RESULT", "ACTION", "WHAT", "SECONDS"));
  try {
    const paths = versions.map((version) => join(directory, `cilium-${version}.tgz`));
    await using verification = await Verification.start(paths, signal);
    await forEachConcurrently(runs.entries(), concurrency, ([index, steps]) =>
      carryOut(steps, { name: `verify-${index}`, verification, tally, write, signal }),
    );
  } finally {
    write(summary(tally, { versions, seconds: (performance.now() - since) / 1000, interrupted: signal.aborted }));
  }
  if (tally.failed > 0) throw new CommandError(exitCode.error, "the charts did not pass");
}

async function packagedVersions(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch((cause: unknown) => {
    throw usageError(`${directory}: cannot be read: ${cause instanceof Error ? cause.message : ""}`);
  });
  return names.flatMap((name) => /^cilium-(.*)\.tgz$/.exec(name)?.[1] ?? []);
}

interface Work {
  name: string;
  verification: Verification;
  tally: Tally;
  write: (line: string) => void;
  signal: AbortSignal;
}

/** What comes after a step that failed is not run: it would fail for the same reason. */
async function carryOut(steps: ClusterRun, { name, verification, tally, write, signal }: Work): Promise<void> {
  let cluster: VerifiedCluster | undefined;
  try {
    for (const step of steps) {
      const since = performance.now();
      const ended = (result: string) =>
        write(line(result, step.action, step.what, ((performance.now() - since) / 1000).toFixed(1)));
      try {
        cluster ??= await verification.createCluster(name, step.wanted);
        await cluster.take(step);
        tally.passed += 1;
        ended("ok");
      } catch (error) {
        signal.throwIfAborted();
        tally.failed += 1;
        ended("FAILED");
        write(`        ${error instanceof Error ? error.message : String(error)}`);
        return;
      }
    }
  } finally {
    await cluster?.[Symbol.asyncDispose]();
    if (!signal.aborted) await verification.deleteCluster(name);
  }
}

function line(result: string, action: Step["action"] | "ACTION", what: string, seconds: string): string {
  return `${result.padEnd(7)} ${action.padEnd(11)} ${what.padEnd(44)} ${seconds.padStart(7)}`;
}

interface Circumstances {
  versions: readonly string[];
  seconds: number;
  interrupted: boolean;
}

function summary({ planned, passed, failed }: Tally, { versions, seconds, interrupted }: Circumstances): string {
  const notRun = planned - passed - failed;
  const counts = `${passed} passed, ${failed} failed, ${notRun} not run`;
  return `verify:charts: ${counts} (${versions.length} charts, ${Math.round(seconds)} s${interrupted ? ", interrupted" : ""})`;
}
