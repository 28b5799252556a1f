import { describe, expect, test } from "vitest";
import { type Condition, type Conditions, changedConditions, isTrue } from "./conditions.ts";

const now = new Date("2026-11-24T03:00:00.123Z");
const later = new Date("2026-11-24T04:00:00Z");

describe("changedConditions", () => {
  test("fills both times of a new condition, to the second", () => {
    expect(changedConditions(undefined, { SpecValid: { status: "True", reason: "Valid" } }, now)).toEqual({
      SpecValid: {
        status: "True",
        reason: "Valid",
        message: "",
        lastHeartbeatTime: "2026-11-24T03:00:00Z",
        lastTransitionTime: "2026-11-24T03:00:00Z",
      },
    });
  });

  test("writes nothing when nothing changed", () => {
    const current = changedConditions(undefined, { SpecValid: { status: "True", message: "" } }, now);
    expect(changedConditions(current, { SpecValid: { status: "True" } }, later)).toBeUndefined();
  });

  test("keeps the transition time while the status stays", () => {
    const current: Conditions = { A: { status: "False", message: "x", lastTransitionTime: "2026-01-01T00:00:00Z" } };
    const changed = changedConditions(current, { A: { status: "False", message: "y" } }, later);
    expect(changed?.A?.lastTransitionTime).toBe("2026-01-01T00:00:00Z");
    expect(changed?.A?.lastHeartbeatTime).toBe("2026-11-24T04:00:00Z");
  });

  test("says what is no longer so explicitly: a merge patch would leave it, and the next look find it different again", () => {
    const current: Conditions = { A: { status: "False", reason: "Waiting", message: "for etcd" } };
    const changed = changedConditions(current, { A: { status: "True" } }, now);
    expect(changed?.A).toMatchObject({ reason: "", message: "" });
    expect(
      changedConditions({ A: { ...current.A, ...changed?.A } as Condition }, { A: { status: "True" } }, now),
    ).toBeUndefined();
  });

  test("names only the conditions that changed", () => {
    const current: Conditions = { A: { status: "True" }, B: { status: "True" } };
    expect(
      Object.keys(changedConditions(current, { A: { status: "True" }, B: { status: "False" } }, now) ?? {}),
    ).toEqual(["B"]);
  });
});

test("isTrue is false for an unknown type", () => {
  expect(isTrue({ A: { status: "True" } }, "A")).toBe(true);
  expect(isTrue({ A: { status: "True" } }, "B")).toBe(false);
  expect(isTrue(undefined, "A")).toBe(false);
});
