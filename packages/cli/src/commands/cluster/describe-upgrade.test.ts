import type { ApiCniUpgrade } from "@fairlead/resources";
import { describe, expect, test } from "vitest";
import { describeUpgrade, hasEnded, hasFailed, upgradeLine } from "./describe-upgrade.ts";

const idle: ApiCniUpgrade = {
  type: "cilium",
  version: "1.17.16",
  ready: true,
  reason: "RolledOut",
  message: "",
  paused: false,
  steps: [],
};
const running: ApiCniUpgrade = {
  ...idle,
  version: "1.18.10",
  ready: false,
  reason: "RollingOut",
  message: "1 of 3 nodes",
  target: "1.19.4",
  steps: [{ version: "1.19.4", warnings: [] }],
  upgrade: {
    from: "1.17.16",
    target: "1.19.4",
    state: "Progressing",
    message: "1 of 3 nodes",
    startedAt: "2026-01-01T00:00:00Z",
    steps: [
      { version: "1.18.10", state: "Current" },
      { version: "1.19.4", state: "Pending" },
    ],
  },
};

describe("an upgrade", () => {
  test("that runs is shown with its steps", () => {
    expect(describeUpgrade(running)).toBe(
      [
        "CNI:     cilium 1.18.10",
        "State:   RollingOut: 1 of 3 nodes",
        "Target:  1.19.4",
        "Upgrade: Progressing: 1 of 3 nodes",
        "Steps:",
        "  [>] 1.18.10",
        "  [ ] 1.19.4",
        "",
      ].join("\n"),
    );
    expect(upgradeLine(running)).toBe("0 of 2 steps to 1.19.4; cilium 1.18.10: RollingOut, 1 of 3 nodes");
  });

  test("of a dry run is shown with its warnings", () => {
    const steps = [{ version: "1.18.10", warnings: ["not tested with this Kubernetes"] }];
    const text = describeUpgrade({ ...idle, target: "1.18.10", steps }, true);
    expect(text).toContain("Target:  1.18.10 (dry run: nothing was stored)\nSteps:\n  [ ] 1.18.10\n");
    expect(text).toContain("not tested with this Kubernetes");
  });

  test.each<[string, Partial<ApiCniUpgrade>, boolean, boolean]>([
    ["none", {}, true, false],
    ["rolling out", { ready: false, reason: "RollingOut" }, false, false],
    ["with steps left", { target: "1.19.4" }, false, false],
    ["rolled back", { ready: false, reason: "RolledBack" }, false, true],
    ["held by the checks", { ready: false, reason: "PreflightFailed" }, false, true],
  ])("%s: ended %s, failed %s", (_what, more, ended, failed) => {
    const seen = { ...idle, ...more };
    expect([hasEnded(seen), hasFailed(seen)]).toEqual([ended, failed]);
  });
});
