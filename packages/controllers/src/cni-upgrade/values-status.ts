/**
 * What a Cluster's status says of changes of its CNI's Helm values. Pure.
 * @module
 */
import type { EventText } from "@fairlead/kube";
import {
  type Cluster,
  type CniValuesChangeStatus,
  cniValuesChangeAnnotation,
  cniValuesChangesKept,
} from "@fairlead/resources";
import type { ValuesChangeOutcome } from "./delivered.ts";

export interface ValuesStatusInput {
  cluster: Cluster;
  /** Undefined: nothing is known of a change now. */
  outcome: ValuesChangeOutcome | undefined;
  /** RFC 3339. */
  now: string;
}

/** The newest first; undefined if there never was a change. */
export function planValuesStatus({ cluster, outcome, now }: ValuesStatusInput): CniValuesChangeStatus[] | undefined {
  const known = cluster.status?.cniValuesChanges;
  const [last, ...older] = known ?? [];
  if (!outcome) {
    const isAsked = cluster.metadata.annotations?.[cniValuesChangeAnnotation] !== undefined;
    return last?.state === "Blocked" && !isAsked ? [givenUp(last, now), ...older] : known;
  }
  const { isTaken: _taken, startedAt, ...told } = outcome;
  const goesOn = last && isSame(last, outcome);
  const entry: CniValuesChangeStatus = {
    ...told,
    startedAt: startedAt ?? (goesOn ? last.startedAt : now),
    ...(isEnded(told) ? { finishedAt: (goesOn ? last.finishedAt : undefined) ?? now } : {}),
  };
  const before = goesOn ? older : (known ?? []).map((other) => (isEnded(other) ? other : givenUp(other, now)));
  return [entry, ...before].slice(0, cniValuesChangesKept);
}

/** What people are told of the progress of a change. */
export function valuesEvent(
  before: readonly CniValuesChangeStatus[] | undefined,
  after: readonly CniValuesChangeStatus[] | undefined,
): EventText | undefined {
  const [[old], [change]] = [before ?? [], after ?? []];
  if (!change || (old?.digest === change.digest && old.state === change.state && old.startedAt === change.startedAt)) {
    return undefined;
  }
  const { state, message, rollout } = change;
  const type = state === "Blocked" || state === "Failed" ? "Warning" : "Normal";
  const note = rollout ? `roll-out ${rollout.name}: ${message}` : message;
  return { type, reason: `CNIValues${state}`, action: "ChangeValues", note };
}

function isSame(last: CniValuesChangeStatus, { digest, rollout, startedAt }: ValuesChangeOutcome): boolean {
  if (last.digest !== digest || last.rollout?.uid !== rollout?.uid) return false;
  return last.startedAt === startedAt || last.state === "Blocked";
}

function isEnded({ state }: Pick<CniValuesChangeStatus, "state">): boolean {
  return state === "Done" || state === "Failed";
}

function givenUp(change: CniValuesChangeStatus, now: string): CniValuesChangeStatus {
  return { ...change, state: "Failed", message: `given up: ${change.message}`, finishedAt: now };
}
