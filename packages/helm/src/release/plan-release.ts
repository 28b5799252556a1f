import type { ReleaseRevision } from "./release-storage.ts";

export interface ObservedRelease {
  /** Oldest first; none: not installed. */
  revisions: readonly ReleaseRevision[];
  /** Of the latest revision; matters only while nothing was ever deployed. */
  unfinishedInstallHook: boolean;
  nowMs: number;
}

export interface DesiredInput {
  digest: string;
  rollbackOnFailure: boolean;
}

export type ReleasePlan =
  | { action: "unchanged"; revision: number }
  | { action: "install" }
  /** `failedAttempts`: how many stored revisions with the very same input have failed. */
  | { action: "upgrade"; revision: number; failedAttempts: number }
  | { action: "rollback"; to: number; reason: string }
  | { action: "uninstall"; reason: string }
  /**
   * Somebody else's operation is under way, or died so recently that one cannot tell; or the same input has failed and
   * was rolled back (`failedAttempts` > 0), and trying again at once would only disturb what runs.
   */
  | { action: "wait"; untilMs: number; reason: string; failedAttempts: number };

/** Helm leaves no heartbeat: an unfinished operation that is not ours counts as dead after this time. */
export const foreignOperationMs = 60_000;

/** After a roll-back: what failed may have been the world, so it is tried again, but ever more rarely. */
const firstRetryMs = 60_000;
const longestRetryMs = 60 * 60_000;

/**
 * What to do next so that the release ends as desired. Recovery comes first and is a step of its own: observe and plan
 * again after it. Nothing is ever installed beside an existing revision.
 */
export function planRelease(observed: ObservedRelease, desired: DesiredInput): ReleasePlan {
  const latest = observed.revisions.at(-1);
  if (!latest) return { action: "install" };
  const good = lastGood(observed.revisions);
  switch (latest.status) {
    case "deployed":
      return latest.inputDigest === desired.digest
        ? { action: "unchanged", revision: latest.revision }
        : upgradeInTime(observed, desired, latest);
    case "superseded": // the last write of an upgrade or rollback was lost; helm goes on from here
    case "unknown":
      return upgradeFrom(observed, desired);
    case "failed":
      return planFailed(observed, desired, { latest, good });
    case "pending-install":
    case "pending-upgrade":
    case "pending-rollback":
      return planPending(observed, { latest, good });
    case "uninstalling":
    case "uninstalled":
      return { action: "uninstall", reason: `revision ${latest.revision} was left ${latest.status}` };
    default:
      return latest.status satisfies never;
  }
}

/**
 * Where a rollback leads: the revision that is deployed. Helm supersedes the old one just before it calls the new one
 * deployed; killed in between, none is, and the newest superseded one was.
 */
export function lastGood(revisions: readonly ReleaseRevision[]): ReleaseRevision | undefined {
  return (
    revisions.findLast(({ status }) => status === "deployed") ??
    revisions.findLast(({ status }) => status === "superseded")
  );
}

interface Ends {
  latest: ReleaseRevision;
  good: ReleaseRevision | undefined;
}

function planFailed(observed: ObservedRelease, desired: DesiredInput, { latest, good }: Ends): ReleasePlan {
  if (!good) {
    return observed.unfinishedInstallHook
      ? { action: "uninstall", reason: `install hooks of revision ${latest.revision} failed` }
      : upgradeFrom(observed, desired); // in place: what already runs, a CNI above all, stays
  }
  const ours = latest.inputDigest !== undefined;
  const sameInput = latest.inputDigest === desired.digest;
  // Going back first removes what only the failed revision had. A retry of the same input has nothing to remove, and a
  // failed rollback is not tried a second time: only forward can help.
  if (ours && (!sameInput || desired.rollbackOnFailure)) {
    return { action: "rollback", to: good.revision, reason: `revision ${latest.revision} failed` };
  }
  return upgradeFrom(observed, desired);
}

function planPending(observed: ObservedRelease, { latest, good }: Ends): ReleasePlan {
  const reason = `revision ${latest.revision} was left ${latest.status}`;
  const untilMs = latest.modifiedAtMs + foreignOperationMs;
  // Our own helm dies with us, and a release is worked on by one reconcile at a time: what is pending of ours is dead.
  if (latest.inputDigest === undefined && observed.nowMs < untilMs) {
    return { action: "wait", untilMs, reason, failedAttempts: 0 };
  }
  return good ? { action: "rollback", to: good.revision, reason } : { action: "uninstall", reason };
}

function upgradeFrom(observed: ObservedRelease, desired: DesiredInput): ReleasePlan {
  const revision = (observed.revisions.at(-1)?.revision ?? 0) + 1;
  return { action: "upgrade", revision, failedAttempts: failuresOf(observed, desired).length };
}

/** What runs is a good revision: it is left in peace for a while after each failure of what is desired instead. */
function upgradeInTime(observed: ObservedRelease, desired: DesiredInput, running: ReleaseRevision): ReleasePlan {
  const failed = failuresOf(observed, desired);
  const last = failed.at(-1);
  if (last && desired.rollbackOnFailure) {
    // The roll-back began when it had failed.
    const next = observed.revisions.find(({ revision }) => revision > last.revision);
    const failedAtMs = Math.max(last.modifiedAtMs, next?.createdAtMs ?? 0);
    const untilMs = failedAtMs + Math.min(firstRetryMs * 2 ** (failed.length - 1), longestRetryMs);
    const reason = `revision ${last.revision} failed and was rolled back; revision ${running.revision} runs`;
    if (observed.nowMs < untilMs) return { action: "wait", untilMs, reason, failedAttempts: failed.length };
  }
  return upgradeFrom(observed, desired);
}

function failuresOf({ revisions }: ObservedRelease, { digest }: DesiredInput): ReleaseRevision[] {
  return revisions.filter(({ status, inputDigest }) => status === "failed" && inputDigest === digest);
}
