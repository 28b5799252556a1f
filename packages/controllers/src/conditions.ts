/**
 * Conditions as KKP keeps them: a map from type to condition, so that several controllers can each write
 * their own with a JSON merge patch and never overwrite another's.
 * @module
 */
import { kubernetesTime } from "./time.ts";

export interface Condition {
  status: "True" | "False" | "Unknown";
  reason?: string;
  message?: string;
  observedGeneration?: number;
  lastHeartbeatTime?: string;
  lastTransitionTime?: string;
}

export type Conditions = Record<string, Condition>;

/** What a controller says; the times are filled in by {@link changedConditions}. */
export type ConditionUpdate = Pick<Condition, "status" | "reason" | "message" | "observedGeneration">;

/**
 * The part of the conditions map that has to be written so that `updates` hold, or undefined if they hold already.
 * An unchanged condition is never written again: an idle resync writes nothing.
 */
export function changedConditions(
  current: Conditions | undefined,
  updates: Record<string, ConditionUpdate>,
  now: Date,
): Conditions | undefined {
  const changed: Conditions = {};
  const time = kubernetesTime(now);
  for (const [type, update] of Object.entries(updates)) {
    const existing = current?.[type];
    if (existing && sameCondition(existing, update)) continue;
    changed[type] = {
      ...update,
      // A merge patch leaves what it does not name: the words of before must go.
      reason: update.reason ?? "",
      message: update.message ?? "",
      lastHeartbeatTime: time,
      lastTransitionTime: existing?.status === update.status ? (existing.lastTransitionTime ?? time) : time,
    };
  }
  return Object.keys(changed).length > 0 ? changed : undefined;
}

function sameCondition(existing: Condition, update: ConditionUpdate): boolean {
  return (
    existing.status === update.status &&
    (existing.reason ?? "") === (update.reason ?? "") &&
    (existing.message ?? "") === (update.message ?? "") &&
    existing.observedGeneration === update.observedGeneration
  );
}

export function isTrue(conditions: Conditions | undefined, type: string): boolean {
  return conditions?.[type]?.status === "True";
}
