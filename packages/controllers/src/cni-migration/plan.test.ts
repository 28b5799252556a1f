import type { ClusterStatus } from "@fairlead/resources";
import { describe, expect, test } from "vitest";
import type { DeliveredCni } from "../cni-upgrade/delivered.ts";
import { testCluster } from "../testing/cluster.ts";
import type { Removable } from "./guide.ts";
import { type MigrationInput, overlayPortBeside, planMigration, wantsPods } from "./plan.ts";

const now = "2026-11-29T12:00:00Z";
const earlier = "2026-11-29T11:00:00Z";
const ready: DeliveredCni = { version: "1.19.4", state: "ready", reason: "RolledOut", message: "runs" };
const coming: DeliveredCni = { ...ready, state: "rolling-out", reason: "RollingOut", message: "on its way" };
const canal: Removable = { kind: "Addon", name: "canal", type: "canal", version: "v3.31", command: "kubectl delete …" };
const cilium: Removable = { ...canal, kind: "ApplicationInstallation", name: "cilium", type: "cilium" };
const inPlace = { type: "canal", version: "v3.31", proxyMode: "ipvs" };
const toCilium = {
  from: { type: "canal", version: "v3.31" },
  to: { type: "cilium", version: "1.19.4" },
  startedAt: earlier,
};

interface Case extends Partial<Omit<MigrationInput, "cluster">> {
  type?: string;
  status?: ClusterStatus;
}

function plan({ type = "cilium", status = {}, ...more }: Case) {
  const versions: Record<string, string> = { cilium: "1.19.4", canal: "v3.31", none: "" };
  const cluster = testCluster({ cniPlugin: { type: type as "cilium", version: versions[type] ?? "" } });
  const leftovers = { addons: [], applications: [] };
  const defaults = { delivered: undefined, leftovers, vxlanPort: undefined, pods: undefined, now };
  return planMigration({ cluster: { ...cluster, status: { ...cluster.status, ...status } }, ...defaults, ...more });
}

describe("without a migration", () => {
  test("a new cluster has its CNI in place once that is ready", () => {
    expect(plan({ delivered: coming })).toMatchObject({ inPlace: undefined, status: undefined });
    expect(plan({ delivered: ready, vxlanPort: 8473 })).toEqual({
      inPlace: { type: "cilium", version: "1.19.4", proxyMode: "ipvs", vxlanPort: 8473 },
      status: undefined,
      remove: { addons: [], applications: [] },
    });
  });
  test("an upgrade is none", () => {
    const status = { cni: { type: "cilium", version: "1.18.10" } };
    expect(plan({ status, delivered: coming })).toMatchObject({ inPlace: status.cni, status: undefined });
  });
  test("a cluster without CNI has none in place", () => {
    expect(plan({ type: "none" })).toMatchObject({ inPlace: { type: "none" }, status: undefined });
  });
});

describe("from Canal to Cilium", () => {
  const leftovers = { addons: [canal], applications: [] };

  test("the previous CNI stays while the new one is rolled out", () => {
    expect(plan({ status: { cni: inPlace }, leftovers, delivered: coming })).toEqual({
      inPlace,
      status: {
        ...toCilium,
        state: "RollingOut",
        message: "cilium is rolled out beside canal: on its way",
        remainingSteps: [],
        startedAt: now,
      },
      remove: { addons: [], applications: [] },
    });
  });
  test("it goes when the new one runs", () => {
    const status = { cni: inPlace, cniMigration: { ...toCilium, state: "RollingOut" as const } };
    expect(plan({ status, leftovers, delivered: ready })).toMatchObject({
      inPlace: { type: "cilium" },
      status: { state: "RemovingPrevious", switchedAt: now, message: "cilium runs; removing Addon canal" },
      remove: leftovers,
    });
  });
  const switched = { ...toCilium, state: "RemovingPrevious" as const, switchedAt: earlier };
  const status = { cni: { ...inPlace, type: "cilium" }, cniMigration: switched };
  test("then pods of before are to be restarted, and the nodes cleaned", () => {
    const pods = new Map([
      ["shop", 1],
      ["kube-system", 2],
    ]);
    const result = plan({ status, delivered: ready, pods });
    expect(result).toMatchObject({
      requeueAfterMs: expect.any(Number),
      status: { state: "RestartPods", switchedAt: earlier },
    });
    expect(result.status?.message).toContain("3 pods are from before");
    expect(result.status?.remainingSteps).toEqual([
      expect.stringContaining("10-canal.conflist"),
      expect.stringMatching(/^restart 2 pods in namespace kube-system: kubectl rollout restart .* -n kube-system$/),
      expect.stringMatching(/^restart 1 pod in namespace shop: /),
    ]);
  });
  test("it ends when there are none", () => {
    expect(plan({ status, delivered: ready, pods: new Map() })).toMatchObject({
      status: { state: "Complete", finishedAt: now, remainingSteps: [] },
    });
  });
  test("while nobody has looked, it does not end", () => {
    expect(plan({ status, delivered: ready }).status).toMatchObject({ state: "RestartPods" });
    expect(wantsPods({ ...testCluster(), status })).toBe(true);
  });
  test("a version that is changed on the way goes on as the same migration", () => {
    const other = { ...toCilium, to: { type: "cilium", version: "1.18.10" }, state: "RollingOut" as const };
    expect(plan({ status: { cni: inPlace, cniMigration: other }, leftovers, delivered: coming }).status).toMatchObject({
      to: { version: "1.19.4" },
      startedAt: earlier,
    });
  });
  test("who goes back before it is through has what had begun removed", () => {
    const back = plan({
      type: "canal",
      status: { cni: inPlace, cniMigration: { ...toCilium, state: "RollingOut" } },
      leftovers: { addons: [], applications: [cilium] },
      delivered: { ...ready, version: "v3.31" },
    });
    expect(back).toMatchObject({
      status: { from: { type: "cilium" }, to: { type: "canal" }, startedAt: now, state: "RemovingPrevious" },
      remove: { applications: [cilium] },
    });
  });
  test("and if nothing had begun, it is given up", () => {
    const status = { cni: inPlace, cniMigration: { ...toCilium, state: "RollingOut" as const } };
    const back = plan({ type: "canal", status, delivered: { ...ready, version: "v3.31" } });
    expect(back.status).toMatchObject({ to: { type: "cilium" }, finishedAt: now });
  });
  test("a cluster from before there was a record of it migrates by what it has", () => {
    expect(plan({ leftovers, delivered: coming }).status).toMatchObject({ from: { type: "canal", version: "v3.31" } });
  });
});

describe("to and from none", () => {
  test("the previous CNI is the user's to remove", () => {
    const leftovers = { addons: [canal], applications: [] };
    const result = plan({ type: "none", status: { cni: inPlace }, leftovers });
    expect(result).toMatchObject({ inPlace, status: { state: "WaitingForUser" }, remove: { addons: [] } });
    expect(result.status?.remainingSteps).toEqual(["install your CNI", "remove canal: kubectl delete …"]);
  });
  test("once it is removed, pods are to be restarted", () => {
    const migration = {
      from: { type: "canal" },
      to: { type: "none" },
      state: "WaitingForUser" as const,
      startedAt: earlier,
    };
    expect(plan({ type: "none", status: { cni: inPlace, cniMigration: migration } })).toMatchObject({
      inPlace: { type: "none" },
      status: { state: "RestartPods", switchedAt: now },
    });
  });
  test("a CNI of the user's own is told to be removed by its user", () => {
    const result = plan({ status: { cni: { type: "none" } }, delivered: ready });
    expect(result.status).toMatchObject({ from: { type: "none" }, state: "RestartPods" });
    expect(result.status?.remainingSteps?.[0]).toContain("remove your previous CNI");
  });
});

test.each([
  [undefined, "cilium", undefined],
  [{ type: "none" }, "cilium", undefined],
  [{ type: "cilium" }, "cilium", undefined],
  [{ type: "canal" }, "cilium", 8473],
  [{ type: "canal", vxlanPort: 8473 }, "cilium", undefined],
  [{ type: "cilium", vxlanPort: 4789 }, "canal", undefined],
])("beside %o the overlay of %s gets port %s", (present, type, expected) => {
  expect(overlayPortBeside(present, type)).toBe(expected);
});
