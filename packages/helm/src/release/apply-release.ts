import type { KubeClient } from "@fairlead/kube";
import type { Logger } from "pino";
import type { WaitStrategy } from "../runner/arguments.ts";
import type { ChartReference } from "../runner/chart-reference.ts";
import { HelmError } from "../runner/helm-error.ts";
import type { HelmRunner, ReleaseTarget, Values } from "../runner/helm-runner.ts";
import { removeLeftovers } from "./leftovers.ts";
import { lastGood, type ObservedRelease, planRelease, type ReleasePlan } from "./plan-release.ts";
import { identityOf, inputDigest, inputLabels } from "./release-input.ts";
import {
  hasUnfinishedInstallHook,
  listRevisions,
  type ReleaseRef,
  type ReleaseRevision,
  readRevision,
} from "./release-storage.ts";

export interface DesiredRelease {
  chart: ChartReference;
  /** Tells this chart from others; required for a local chart, else derived from its address. */
  chartIdentity?: string;
  /** The complete values: none of an earlier revision are kept. */
  values: Values;
  wait: WaitStrategy;
  /** Helm's limit for each wait. */
  timeoutMs: number;
  /** On failure back to the last good revision; a failed first installation is removed again. */
  rollbackOnFailure: boolean;
  createNamespace?: boolean;
  enableDns?: boolean;
  /** Revisions to keep; default 10. */
  historyMax?: number;
}

export interface ReleaseContext {
  runner: HelmRunner;
  client: KubeClient;
  logger: Logger;
  signal?: AbortSignal;
}

export interface ReleaseOutcome {
  /** Of the latest revision now. */
  revision: number;
  /** What was done, in order; empty if the release was as desired already. */
  steps: readonly ReleasePlan[];
  /** Set if nothing is to be done yet. */
  wait?: ReleaseWait;
}

export interface ReleaseWait {
  /** Milliseconds since the epoch. */
  untilMs: number;
  reason: string;
  /** How often the very same input has failed and was rolled back; 0 if another operation is under way. */
  failedAttempts: number;
}

const defaultHistoryMax = 10; // each failed upgrade takes two: itself and the roll-back
const maxSteps = 3; // one recovery, a second one if the first exposed another, then the work itself

/**
 * Makes the release as desired: reads the stored revisions, recovers what an interrupted helm left, installs or upgrades.
 * Spawns no helm if chart and values are those of the deployed revision. One call at a time for each release.
 * An input that failed and was rolled back is tried again after a while (`wait`), another input at once.
 * @throws HelmError if helm fails, with what runs now if it was rolled back; what else it left is recovered by the next call
 */
export async function applyRelease(
  context: ReleaseContext,
  target: ReleaseTarget,
  desired: DesiredRelease,
): Promise<ReleaseOutcome> {
  const digest = inputDigest(requireIdentity(desired), desired.values);
  const steps: ReleasePlan[] = [];
  for (;;) {
    const observed = await observeRelease(context, target);
    const plan = planRelease(observed, { digest, rollbackOnFailure: desired.rollbackOnFailure });
    if (plan.action === "unchanged") return { revision: plan.revision, steps };
    if (plan.action === "wait") {
      const revision = observed.revisions.at(-1)?.revision ?? 0;
      const { untilMs, reason, failedAttempts } = plan;
      return { revision, steps, wait: { untilMs, reason, failedAttempts } };
    }
    if (steps.length === maxSteps) throw new HelmError("unknown", notSettled(steps, plan), { command: plan.action });
    context.logger.info({ release: target.name, namespace: target.namespace, ...plan }, "Changing release");
    await removeLeftovers(context, target, {
      revisions: observed.revisions,
      looksAfter: handledByHelm(plan, observed),
    });
    try {
      await execute(context, target, { plan, desired, digest });
    } catch (error) {
      throw await withRollback(context, target, { plan, error });
    }
    steps.push(plan);
  }
}

/** What the cluster says about a release; nothing is written, no helm is spawned. */
export async function observeRelease(
  { client, signal }: Pick<ReleaseContext, "client" | "signal">,
  release: ReleaseRef,
): Promise<ObservedRelease> {
  const revisions = await listRevisions(client, release, { signal });
  const latest = revisions.at(-1);
  const failedInstall = latest?.status === "failed" && !lastGood(revisions);
  const unfinishedInstallHook =
    failedInstall && hasUnfinishedInstallHook(await readRevision(client, release, { ...latest, signal }));
  return { revisions, unfinishedInstallHook, nowMs: Date.now() };
}

/** Removes the release in whatever state it is. Returns false, without spawning helm, if there is none. */
export async function removeRelease(
  context: ReleaseContext,
  target: ReleaseTarget,
  options: { wait: WaitStrategy; timeoutMs: number },
): Promise<boolean> {
  const { runner, client, signal } = context;
  const revisions = await listRevisions(client, target, { signal });
  if (revisions.length === 0) return false;
  await removeLeftovers(context, target, { revisions, looksAfter: revisions.slice(-1) });
  await runner.uninstall(target, { ...options, signal });
  return true;
}

interface Step {
  plan: Exclude<ReleasePlan, { action: "unchanged" | "wait" }>;
  desired: DesiredRelease;
  digest: string;
}

async function execute({ runner, signal }: ReleaseContext, target: ReleaseTarget, step: Step): Promise<void> {
  const { plan, desired, digest } = step;
  const { chart, values, wait, timeoutMs, rollbackOnFailure, createNamespace, enableDns } = desired;
  const historyMax = desired.historyMax ?? defaultHistoryMax;
  // The release is Fairlead's: fields that others changed are taken back, as helm 3's merge did.
  const change = { timeoutMs, serverSide: true, forceConflicts: true, signal };
  const deploy = { ...change, values, wait, rollbackOnFailure, createNamespace, enableDns };
  switch (plan.action) {
    case "install":
      return await runner.install(target, chart, { ...deploy, labels: inputLabels(digest, 1) });
    case "upgrade":
      return await runner.upgrade(target, chart, { ...deploy, historyMax, labels: inputLabels(digest, plan.revision) });
    case "rollback":
      // Without waiting for readiness: the upgrade that follows waits, and the cluster may be what is not ready.
      return await runner.rollback(target, { ...change, revision: plan.to, historyMax, wait: "hookOnly" });
    case "uninstall":
      return await runner.uninstall(target, { timeoutMs, wait: "watcher", signal });
    default:
      return plan satisfies never;
  }
}

/** Uninstalling, helm removes what the latest revision names; else what that or the last good one has and the new one has not. */
function handledByHelm({ action }: ReleasePlan, { revisions }: ObservedRelease): ReleaseRevision[] {
  const latest = revisions.slice(-1);
  const good = action === "uninstall" ? undefined : lastGood(revisions);
  return good ? [good, ...latest] : latest;
}

/** The error of an upgrade that helm undid says so: people must know what runs now. */
async function withRollback(
  context: ReleaseContext,
  target: ReleaseTarget,
  { plan, error }: { plan: ReleasePlan; error: unknown },
): Promise<unknown> {
  if (plan.action !== "upgrade" || !(error instanceof HelmError) || context.signal?.aborted) return error;
  // What went wrong matters more than that it cannot be told what runs.
  const observed = await observeRelease(context, target).catch(() => undefined);
  const latest = observed?.revisions.at(-1);
  const good = observed?.revisions.findLast(({ revision, status }) => revision < plan.revision && status !== "failed");
  if (latest?.status !== "deployed" || latest.revision <= plan.revision || !good) return error;
  const message = `${error.message}; rolled back to revision ${good.revision}, which runs as revision ${latest.revision}`;
  return new HelmError(error.kind, message, { command: error.command, stderr: error.stderr, cause: error });
}

function requireIdentity({ chart, chartIdentity }: DesiredRelease): string {
  const identity = chartIdentity ?? identityOf(chart);
  if (!identity) throw new TypeError("chartIdentity: required for a local chart, e.g. the digest of its package");
  return identity;
}

function notSettled(steps: readonly ReleasePlan[], next: ReleasePlan): string {
  return `the release does not settle: ${[...steps, next].map(({ action }) => action).join(", ")}`;
}
