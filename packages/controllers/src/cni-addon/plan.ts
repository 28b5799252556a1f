/**
 * Which version of a CNI add-on is rendered. The add-on is pinned, and the pin follows the Cluster only when the checks have
 * passed; it goes back when the new version is not rolled out in time. Pure.
 * @module
 */
import type { PreflightFinding } from "@fairlead/admission";
import type { Addon, CniRollOut } from "@fairlead/resources";
import type { DeliveredCni } from "../cni-upgrade/delivered.ts";

export function pinnedVersion(addon: Addon): string | undefined {
  const cni: unknown = addon.spec.variables?.cni;
  const version = typeof cni === "object" && cni !== null && "version" in cni ? cni.version : undefined;
  return typeof version === "string" ? version : undefined;
}

/** The part of a chart's values that pins the add-on. */
export function pinOf(type: string, version: string): { cni: { type: string; version: string } } {
  return { cni: { type, version } };
}

export interface RollOutInput {
  desired: string;
  pinned: string | undefined;
  record: CniRollOut;
  /** Of the pinned version; need not be looked at if the record calls that one good. */
  observed: "rolled-out" | "progressing";
  /** Why the add-on's objects could not be applied. */
  applyError?: string | undefined;
  /** What stands in the way of `desired`; asked for only if that is another version than the good one. */
  findings: readonly PreflightFinding[];
  timeoutMs: number;
  nowMs: number;
}

export interface RollOutPlan {
  pinned: string;
  record: CniRollOut;
  delivered: DeliveredCni;
}

const pollMs = 2_000;
const heldMs = 30_000;
const firstRetryMs = 60_000;
const longestRetryMs = 60 * 60_000;

export function planRollOut(input: RollOutInput): RollOutPlan {
  const { desired, pinned, record } = input;
  if (pinned === undefined) return rollOut(input, { good: undefined });
  if (pinned === desired) return watch(input, pinned);
  // Back to what ran before, from a roll-out that is under way, needs nobody's leave.
  if (desired === record.good) return rollOut(input, record);
  const { failed } = record;
  if (failed?.version === desired) {
    const retryAt = failed.at + Math.min(firstRetryMs * 2 ** (failed.attempts - 1), longestRetryMs);
    if (input.nowMs < retryAt) {
      return { pinned, record, delivered: rolledBack(pinned, failed.message, retryAt - input.nowMs) };
    }
  }
  if (input.findings.length > 0) {
    const message = input.findings.map((finding) => finding.message).join("; ");
    const delivered = {
      version: pinned,
      state: "held",
      reason: "PreflightFailed",
      message,
      requeueAfterMs: heldMs,
    } as const;
    return { pinned, record, delivered };
  }
  return rollOut(input, record);
}

function rollOut({ desired, nowMs }: RollOutInput, { good, failed }: CniRollOut): RollOutPlan {
  const record = {
    ...(good === undefined ? {} : { good }),
    ...(good === desired ? {} : { since: nowMs }),
    ...(failed ? { failed } : {}),
  };
  return { pinned: desired, record, delivered: rollingOut(desired) };
}

function watch(input: RollOutInput, pinned: string): RollOutPlan {
  const { record, observed, nowMs, timeoutMs, applyError } = input;
  if (record.good === pinned) return { pinned, record, delivered: rolledOut(pinned) };
  if (observed === "rolled-out") return { pinned, record: { good: pinned }, delivered: rolledOut(pinned) };
  const { good, since = nowMs, failed } = record;
  // What cannot be taken back has no time to keep.
  if (good === undefined) return { pinned, record, delivered: rollingOut(pinned, applyError) };
  if (nowMs - since < timeoutMs) {
    return { pinned, record: { ...record, since }, delivered: rollingOut(pinned, applyError) };
  }
  const why = applyError ?? `not rolled out within ${Math.round(timeoutMs / 1000)} s`;
  const message = `${pinned} was rolled back to ${good}: ${why}`;
  const attempts = failed?.version === pinned ? failed.attempts + 1 : 1;
  return {
    pinned: good,
    record: { good, failed: { version: pinned, at: nowMs, attempts, message } },
    delivered: rolledBack(good, message, firstRetryMs),
  };
}

function rolledOut(version: string): DeliveredCni {
  return { version, state: "ready", reason: "RolledOut", message: `${version} runs on all nodes` };
}

function rollingOut(version: string, applyError?: string): DeliveredCni {
  const message = applyError ? `${version} cannot be applied: ${applyError}` : `${version} is being rolled out`;
  return { version, state: "rolling-out", reason: "RollingOut", message, requeueAfterMs: pollMs };
}

function rolledBack(version: string, message: string, requeueAfterMs: number): DeliveredCni {
  return { version, state: "failed", reason: "RolledBack", message, requeueAfterMs };
}
