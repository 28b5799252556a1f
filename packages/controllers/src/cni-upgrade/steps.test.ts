import { loadCatalogue } from "@fairlead/network";
import type { Cluster, CniUpgradeStatus } from "@fairlead/resources";
import { describe, expect, test } from "vitest";
import { testCluster } from "../testing/cluster.ts";
import type { DeliveredCni } from "./delivered.ts";
import { planSteps, type StepsPlan } from "./steps.ts";

const catalogue = loadCatalogue("current");
const now = "2026-01-02T03:04:05Z";
const paused = { "fairlead.dev/cni-upgrade-paused": "" };

function at(version: string, target?: string, status?: CniUpgradeStatus, annotations = {}): Cluster {
  const cluster = testCluster({ version: "1.32.0", cniPlugin: { type: "cilium", version } });
  cluster.metadata.annotations = { ...annotations, ...(target ? { "fairlead.dev/cni-target-version": target } : {}) };
  cluster.status = { ...cluster.status, ...(status ? { cniUpgrade: status } : {}) };
  return cluster;
}

function ready(version: string): DeliveredCni {
  return { version, state: "ready", reason: "RolledOut", message: "" };
}

function plan(cluster: Cluster, delivered?: DeliveredCni): StepsPlan {
  return planSteps({ cluster, catalogue, delivered, now });
}

function shown({ status }: StepsPlan): string[] {
  return (status?.steps ?? []).map(({ version, state }) => `${version} ${state}`);
}

describe("planSteps", () => {
  test("nothing asked for, nothing to tell", () => {
    expect(plan(at("1.17.16"), ready("1.17.16"))).toEqual({ status: undefined });
  });

  test("goes through every minor, each only when the one before runs, and ends", () => {
    const first = plan(at("1.17.16", "1.19.4"), ready("1.17.16"));
    expect(first).toMatchObject({
      advanceTo: "1.18.10",
      status: { from: "1.17.16", state: "Progressing", startedAt: now },
    });
    expect(shown(first)).toEqual(["1.18.10 Pending", "1.19.4 Pending"]);

    const rolling = { ...ready("1.18.10"), state: "rolling-out", message: "2 of 3 nodes" } as const;
    const second = plan(at("1.18.10", "1.19.4", first.status), rolling);
    expect(second).toEqual({ status: expect.objectContaining({ state: "Progressing", message: "2 of 3 nodes" }) });
    expect(shown(second)).toEqual(["1.18.10 Current", "1.19.4 Pending"]);

    const third = plan(at("1.18.10", "1.19.4", second.status), ready("1.18.10"));
    expect(third.advanceTo).toBe("1.19.4");
    expect(shown(third)).toEqual(["1.18.10 Done", "1.19.4 Pending"]);

    const last = plan(at("1.19.4", "1.19.4", third.status), ready("1.19.4"));
    expect(last).toMatchObject({ finished: true, status: { from: "1.17.16", state: "Complete", finishedAt: now } });
    expect(shown(last)).toEqual(["1.18.10 Done", "1.19.4 Done"]);
    // Looked at once more before the annotations are gone.
    expect(plan(at("1.19.4", "1.19.4", last.status), ready("1.19.4"))).toEqual({ status: last.status, finished: true });
    expect(plan(at("1.19.4", undefined, last.status), ready("1.19.4"))).toEqual({ status: last.status });
  });

  test("what runs is an older version than the spec's: it waits", () => {
    expect(plan(at("1.18.10", "1.19.4"), ready("1.17.16")).advanceTo).toBeUndefined();
    expect(plan(at("1.18.10", "1.19.4")).advanceTo).toBeUndefined();
  });

  test.each([
    ["failed", "Failed"],
    ["held", "Blocked"],
  ] as const)("%s: %s, with the reason", (state, expected) => {
    const delivered = { ...ready("1.17.16"), state, message: "because" };
    expect(plan(at("1.18.10", "1.19.4"), delivered)).toEqual({
      status: expect.objectContaining({ state: expected, message: "because" }),
    });
  });

  test("paused between steps, and resumed", () => {
    const held = plan(at("1.18.10", "1.19.4", undefined, paused), ready("1.18.10"));
    expect(held).toEqual({ status: expect.objectContaining({ state: "Paused" }) });
    expect(plan(at("1.18.10", "1.19.4", held.status), ready("1.18.10")).advanceTo).toBe("1.19.4");
  });

  test("a step that is under way finishes though it is paused", () => {
    const rolling = { ...ready("1.18.10"), state: "rolling-out" } as const;
    expect(plan(at("1.18.10", "1.19.4", undefined, paused), rolling).status?.state).toBe("Progressing");
    expect(plan(at("1.19.4", "1.19.4", undefined, paused), ready("1.19.4")).finished).toBe(true);
  });

  test("stopped: stays where it is", () => {
    const { status } = plan(at("1.17.16", "1.19.4"), ready("1.17.16"));
    expect(plan(at("1.18.10", undefined, status), ready("1.18.10"))).toEqual({
      status: { ...status, state: "Stopped", message: "stopped at 1.18.10", finishedAt: now },
    });
  });

  test("another target begins anew from where it is; one without a way is blocked", () => {
    const { status } = plan(at("1.17.16", "1.19.4"), ready("1.17.16"));
    const back = plan(at("1.18.10", "1.17.16", status), ready("1.18.10"));
    expect(back).toMatchObject({ advanceTo: "1.17.16", status: { from: "1.18.10", target: "1.17.16" } });
    expect(plan(at("1.18.10", "9.9.9"), ready("1.18.10"))).toMatchObject({
      status: { state: "Blocked", message: expect.stringContaining("9.9.9") },
    });
  });

  test("the target was reached by hand meanwhile", () => {
    const { status } = plan(at("1.17.16", "1.19.4"), ready("1.17.16"));
    const done = plan(at("1.19.4", "1.19.4", status), ready("1.19.4"));
    expect(done.finished).toBe(true);
    expect(shown(done)).toEqual(["1.18.10 Done", "1.19.4 Done"]);
  });
});
