import type { CniValuesChangeStatus } from "@fairlead/resources";
import { describe, expect, test } from "vitest";
import { testCluster } from "../testing/cluster.ts";
import type { ValuesChangeOutcome } from "./delivered.ts";
import { planValuesStatus, valuesEvent } from "./values-status.ts";

const t1 = "2026-01-01T12:00:00Z";
const t2 = "2026-01-01T12:01:00Z";

function changeOf(state: CniValuesChangeStatus["state"], more: Partial<CniValuesChangeStatus> = {}) {
  return { digest: "a", state, message: "why", startedAt: t1, ...more };
}

function outcomeOf(state: CniValuesChangeStatus["state"], more: Partial<ValuesChangeOutcome> = {}) {
  return { digest: "a", state, message: "why", isTaken: false, ...more };
}

function planned(known: CniValuesChangeStatus[], outcome?: ValuesChangeOutcome, isAsked = false) {
  const cluster = testCluster();
  cluster.metadata.annotations = isAsked ? { "fairlead.dev/cni-values-change": "{}" } : {};
  cluster.status = { ...cluster.status, ...(known.length > 0 ? { cniValuesChanges: known } : {}) };
  return planValuesStatus({ cluster, outcome, now: t2 });
}

describe("planValuesStatus", () => {
  test("without a change there is nothing to tell", () => {
    expect(planned([])).toBeUndefined();
    expect(planned([changeOf("Done", { finishedAt: t1 })])).toEqual([changeOf("Done", { finishedAt: t1 })]);
  });

  test("from its beginning to its end it is one entry", () => {
    const rolling = planned([], outcomeOf("RollingOut", { startedAt: t1, isTaken: true }));
    expect(rolling).toEqual([changeOf("RollingOut")]);
    const done = planned(rolling ?? [], outcomeOf("Done", { startedAt: t1 }));
    expect(done).toEqual([changeOf("Done", { finishedAt: t2 })]);
    expect(planned([changeOf("Done", { finishedAt: t1 })], outcomeOf("Done", { startedAt: t1 }))).toEqual([
      changeOf("Done", { finishedAt: t1 }),
    ]);
  });

  test("blocked, it keeps the time since when, and begins when it can", () => {
    expect(planned([changeOf("Blocked")], outcomeOf("Blocked"), true)).toEqual([changeOf("Blocked")]);
    expect(planned([changeOf("Blocked")], outcomeOf("RollingOut", { startedAt: t2 }), true)).toEqual([
      changeOf("RollingOut", { startedAt: t2 }),
    ]);
  });

  test("blocked, and asked for no more: given up", () => {
    expect(planned([changeOf("Blocked")], undefined, true)).toEqual([changeOf("Blocked")]);
    const [given] = planned([changeOf("Blocked")]) ?? [];
    expect(given).toMatchObject({ state: "Failed", message: "given up: why", finishedAt: t2 });
  });

  test("another one comes before it, and only the last ones are kept", () => {
    const rollout = { name: "r", uid: "u" };
    const known = ["b", "c", "d", "e", "f"].map((digest) => changeOf("Done", { digest, finishedAt: t1 }));
    const after = planned(known, outcomeOf("RollingOut", { startedAt: t2, rollout }));
    expect(after?.map(({ digest }) => digest)).toEqual(["a", "b", "c", "d", "e"]);
    expect(after?.[0]).toEqual(changeOf("RollingOut", { startedAt: t2, rollout }));
    // The same change by somebody else is another one, also of one that is blocked.
    const blocked = planned([changeOf("Blocked")], outcomeOf("Blocked", { rollout }), true);
    expect(blocked?.map(({ state }) => state)).toEqual(["Blocked", "Failed"]);
    expect(planned(after ?? [], outcomeOf("Blocked"))?.map(({ state }) => state)).toEqual([
      "Blocked",
      "Failed",
      "Done",
      "Done",
      "Done",
    ]);
  });
});

test("events name the rollout, and come once", () => {
  const rollout = { name: "hubble-on", uid: "u" };
  const rolling = [changeOf("RollingOut", { rollout })];
  expect(valuesEvent(undefined, rolling)).toEqual({
    type: "Normal",
    reason: "CNIValuesRollingOut",
    action: "ChangeValues",
    note: "roll-out hubble-on: why",
  });
  expect(valuesEvent(rolling, [changeOf("RollingOut", { rollout, message: "other" })])).toBeUndefined();
  expect(valuesEvent(rolling, [changeOf("Failed")])).toMatchObject({ type: "Warning", reason: "CNIValuesFailed" });
  expect(valuesEvent(undefined, undefined)).toBeUndefined();
});
