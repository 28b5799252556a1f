import { type Addon, parseCniRollOut } from "@fairlead/resources";
import { describe, expect, test } from "vitest";
import { pinnedVersion, planRollOut, type RollOutInput } from "./plan.ts";

const nowMs = 1_000_000;
const at: RollOutInput = {
  desired: "v3.23",
  pinned: "v3.23",
  record: { good: "v3.23" },
  observed: "progressing",
  findings: [],
  timeoutMs: 60_000,
  nowMs,
};
const finding = { check: "kernel", message: "node a: too old" } as const;

function plan(input: Partial<RollOutInput>) {
  return planRollOut({ ...at, ...input });
}

describe("planRollOut", () => {
  test("an add-on without a pin is pinned to what is asked for", () => {
    expect(plan({ pinned: undefined, record: {} })).toMatchObject({
      pinned: "v3.23",
      record: { since: nowMs },
      delivered: { state: "rolling-out" },
    });
  });

  test("what was rolled out once is ready, without looking", () => {
    expect(plan({})).toMatchObject({ pinned: "v3.23", record: { good: "v3.23" }, delivered: { state: "ready" } });
  });

  test("another version is pinned once nothing stands in its way", () => {
    expect(plan({ desired: "v3.24" })).toEqual({
      pinned: "v3.24",
      record: { good: "v3.23", since: nowMs },
      delivered: expect.objectContaining({ version: "v3.24", state: "rolling-out" }),
    });
  });

  test("with a finding nothing is touched", () => {
    expect(plan({ desired: "v3.24", findings: [finding] })).toMatchObject({
      pinned: "v3.23",
      record: { good: "v3.23" },
      delivered: { version: "v3.23", state: "held", reason: "PreflightFailed", message: "node a: too old" },
    });
  });

  const under = { desired: "v3.24", pinned: "v3.24", record: { good: "v3.23", since: nowMs - 59_999 } };
  test("under way, and in time", () => {
    expect(plan(under)).toMatchObject({ pinned: "v3.24", delivered: { state: "rolling-out" } });
  });
  test("done: the record keeps nothing of failures before", () => {
    const failed = { version: "v3.24", at: 1, attempts: 3, message: "x" };
    expect(plan({ ...under, record: { ...under.record, failed }, observed: "rolled-out" })).toMatchObject({
      pinned: "v3.24",
      record: { good: "v3.24" },
      delivered: { state: "ready" },
    });
  });
  test("not in time: back, and it says why", () => {
    const late = { ...under, record: { good: "v3.23", since: nowMs - 60_000 } };
    expect(plan(late)).toEqual({
      pinned: "v3.23",
      record: { good: "v3.23", failed: { version: "v3.24", at: nowMs, attempts: 1, message: expect.any(String) } },
      delivered: expect.objectContaining({
        version: "v3.23",
        state: "failed",
        reason: "RolledBack",
        message: "v3.24 was rolled back to v3.23: not rolled out within 60 s",
      }),
    });
    expect(plan({ ...late, applyError: "forbidden" }).delivered.message).toContain("forbidden");
  });
  test("a first installation is never taken back, and has nothing to remember while it is under way", () => {
    expect(plan({ record: {} }).record).toEqual({});
    expect(plan({ record: { since: 0 } })).toMatchObject({ pinned: "v3.23", delivered: { state: "rolling-out" } });
  });

  test.each([
    [1, 59_999, "v3.23"],
    [1, 60_000, "v3.24"],
    [3, 239_999, "v3.23"],
    [3, 240_000, "v3.24"],
    [20, 3_600_000, "v3.24"],
  ])("after %i failures and %i ms: %s", (attempts, age, pinned) => {
    const failed = { version: "v3.24", at: nowMs - age, attempts, message: "x" };
    expect(plan({ desired: "v3.24", record: { good: "v3.23", failed } }).pinned).toBe(pinned);
  });
  test("another version than the failed one is tried at once; the attempts of the same one count on", () => {
    const failed = { version: "v3.24", at: nowMs, attempts: 1, message: "x" };
    expect(plan({ desired: "v3.22", record: { good: "v3.23", failed } }).pinned).toBe("v3.22");
    const late = { ...under, record: { good: "v3.23", since: 0, failed } };
    expect(plan(late).record.failed?.attempts).toBe(2);
  });

  test("who changes their mind on the way gets back at once, checks or not", () => {
    expect(plan({ ...under, desired: "v3.23", findings: [finding] })).toEqual({
      pinned: "v3.23",
      record: { good: "v3.23" },
      delivered: expect.objectContaining({ state: "rolling-out" }),
    });
  });
});

test("record and pin are read, whatever stands there", () => {
  expect(parseCniRollOut('{"good":"v3.23"}')).toEqual({ good: "v3.23" });
  expect([undefined, "{", "[]", '{"good":1}'].map(parseCniRollOut)).toEqual([{}, {}, {}, {}]);
  const pin = (variables?: Addon["spec"]["variables"]) =>
    pinnedVersion({ metadata: {}, spec: { name: "canal", cluster: {}, ...(variables ? { variables } : {}) } });
  expect(pin({ cni: { version: "v3.23" } })).toBe("v3.23");
  expect([undefined, {}, { cni: 1 }, { cni: { version: 2 } }].map(pin)).toEqual(Array(4).fill(undefined));
});
