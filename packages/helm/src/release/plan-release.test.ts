import { describe, expect, test } from "vitest";
import { type DesiredInput, foreignOperationMs, planRelease, type ReleasePlan } from "./plan-release.ts";
import type { ReleaseRevision, ReleaseStatus } from "./release-storage.ts";

const nowMs = 1_000_000_000;
const longAgo = nowMs - foreignOperationMs;

/** `want` is what is desired now, `old` was desired before; without input the revision is somebody else's. */
function revisions(...specs: readonly (readonly [ReleaseStatus, string?])[]): ReleaseRevision[] {
  return specs.map(([status, inputDigest], index) => ({
    revision: index + 1,
    status,
    inputDigest,
    createdAtMs: 0,
    modifiedAtMs: longAgo,
  }));
}

function plan(
  specs: readonly (readonly [ReleaseStatus, string?])[],
  options: Partial<DesiredInput> & { unfinishedInstallHook?: boolean; ageMs?: number } = {},
): ReleasePlan {
  const { unfinishedInstallHook = false, ageMs = foreignOperationMs, ...desired } = options;
  const observed = revisions(...specs).map((revision) => ({ ...revision, modifiedAtMs: nowMs - ageMs }));
  return planRelease(
    { revisions: observed, unfinishedInstallHook, nowMs },
    { digest: "want", rollbackOnFailure: false, ...desired },
  );
}

describe("a release at rest", () => {
  test("none: install", () => {
    expect(plan([])).toEqual({ action: "install" });
  });

  test("deployed with the same input: nothing", () => {
    expect(plan([["deployed", "want"]])).toEqual({ action: "unchanged", revision: 1 });
  });

  test.each([
    ["other input", [["deployed", "old"]]],
    ["somebody else's revision", [["superseded", "want"], ["deployed"]]],
    ["helm lost the last write", [["superseded", "want"]]],
  ] as const)("%s: upgrade", (_, specs) => {
    expect(plan(specs)).toEqual({ action: "upgrade", revision: specs.length + 1, failedAttempts: 0 });
  });

  test("rolled back after a failed upgrade: upgrade again, knowing how often that failed", () => {
    const history = [
      ["superseded", "old"],
      ["failed", "want"],
      ["superseded"],
      ["failed", "want"],
      ["deployed"],
    ] as const;
    expect(plan(history)).toEqual({ action: "upgrade", revision: 6, failedAttempts: 2 });
  });
});

describe("after a failure that was rolled back", () => {
  const minute = 60_000;
  const once = [["superseded", "old"], ["failed", "want"], ["deployed"]] as const;
  const often = [["superseded", "old"], ["failed", "want"], ["superseded"], ["failed", "want"], ["deployed"]] as const;

  test.each([
    ["once", once, 59_999, "wait"],
    ["once, a minute ago", once, minute, "upgrade"],
    ["twice", often, 2 * minute - 1, "wait"],
    ["twice, two minutes ago", often, 2 * minute, "upgrade"],
  ] as const)("%s", (_, history, ageMs, action) => {
    expect(plan(history, { rollbackOnFailure: true, ageMs }).action).toBe(action);
  });

  test("the wait says why, how often, and until when", () => {
    expect(plan(once, { rollbackOnFailure: true, ageMs: 0 })).toEqual({
      action: "wait",
      untilMs: nowMs + minute,
      reason: "revision 2 failed and was rolled back; revision 3 runs",
      failedAttempts: 1,
    });
  });

  test("it waits from the end of what failed, which took long, not from its beginning", () => {
    const [failed, undone] = revisions(["failed", "want"], ["deployed", "old"]);
    if (!failed || !undone) throw new Error("two revisions were made");
    const observed = [
      { ...failed, modifiedAtMs: nowMs - 10 * minute },
      { ...undone, createdAtMs: nowMs - 1 },
    ];
    const desired = { digest: "want", rollbackOnFailure: true };
    expect(planRelease({ revisions: observed, unfinishedInstallHook: false, nowMs }, desired)).toMatchObject({
      action: "wait",
      untilMs: nowMs - 1 + minute,
    });
  });

  test("another input does not wait", () => {
    expect(plan(once, { rollbackOnFailure: true, ageMs: 0, digest: "new" })).toMatchObject({ action: "upgrade" });
  });
});

describe("interrupted", () => {
  test("pending-install: uninstall, there is nothing to go back to", () => {
    expect(plan([["pending-install", "want"]])).toMatchObject({ action: "uninstall" });
  });

  test.each(["pending-upgrade", "pending-rollback"] as const)("%s: back to the revision that is deployed", (status) => {
    const history = [
      ["superseded", "old"],
      ["deployed", "old"],
      ["failed", "want"],
      [status, "want"],
    ] as const;
    expect(plan(history)).toMatchObject({ action: "rollback", to: 2 });
  });

  test("between the last two writes of an upgrade nothing is deployed: back to the newest superseded one", () => {
    const history = [
      ["superseded", "old"],
      ["superseded", "old"],
      ["pending-upgrade", "want"],
    ] as const;
    expect(plan(history)).toMatchObject({ action: "rollback", to: 2 });
  });

  test("pending-upgrade over an install that never worked: uninstall", () => {
    expect(
      plan([
        ["failed", "old"],
        ["pending-upgrade", "want"],
      ]),
    ).toMatchObject({ action: "uninstall" });
  });

  test("somebody else's operation gets time to end, ours does not", () => {
    const ageMs = foreignOperationMs - 1;
    expect(plan([["deployed", "old"], ["pending-rollback"]], { ageMs })).toMatchObject({
      action: "wait",
      untilMs: nowMs + 1,
    });
    expect(
      plan(
        [
          ["deployed", "old"],
          ["pending-upgrade", "want"],
        ],
        { ageMs },
      ),
    ).toMatchObject({ action: "rollback" });
    expect(plan([["deployed", "old"], ["pending-rollback"]])).toMatchObject({ action: "rollback", to: 1 });
  });

  test.each(["uninstalling", "uninstalled"] as const)("%s: uninstall to the end first", (status) => {
    expect(
      plan([
        ["deployed", "old"],
        [status, "old"],
      ]),
    ).toMatchObject({ action: "uninstall" });
  });
});

describe("failed", () => {
  test("the first install, by readiness: go on in place, what runs stays", () => {
    expect(plan([["failed", "want"]])).toEqual({ action: "upgrade", revision: 2, failedAttempts: 1 });
    expect(plan([["failed", "old"]])).toEqual({ action: "upgrade", revision: 2, failedAttempts: 0 });
  });

  test("the first install, by its hooks: an upgrade would never run them", () => {
    expect(plan([["failed", "want"]], { unfinishedInstallHook: true })).toMatchObject({ action: "uninstall" });
  });

  test("an upgrade with other input: back first, so that nothing of it is left", () => {
    expect(
      plan([
        ["deployed", "older"],
        ["failed", "old"],
      ]),
    ).toMatchObject({ action: "rollback", to: 1 });
  });

  test("the same upgrade: again in place, or back first if asked to", () => {
    const history = [
      ["deployed", "old"],
      ["failed", "want"],
    ] as const;
    expect(plan(history)).toEqual({ action: "upgrade", revision: 3, failedAttempts: 1 });
    expect(plan(history, { rollbackOnFailure: true })).toMatchObject({ action: "rollback", to: 1 });
  });

  test("a rollback: not a second one, forward", () => {
    const history = [["deployed", "old"], ["failed", "want"], ["failed"]] as const;
    expect(plan(history, { rollbackOnFailure: true })).toEqual({ action: "upgrade", revision: 4, failedAttempts: 1 });
  });
});
