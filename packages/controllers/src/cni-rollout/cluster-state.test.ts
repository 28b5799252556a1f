import type { Cluster, CniRollout } from "@fairlead/resources";
import { expect, test } from "vitest";
import { testCluster } from "../testing/cluster.ts";
import { clusterState } from "./cluster-state.ts";

const rollout: CniRollout = { metadata: { name: "r" }, spec: { cni: "canal", version: "v3.31" } };
const ready = { conditions: { CNIReady: { status: "True" as const } }, extendedHealth: {} };
const ill = { conditions: { CNIReady: { status: "False" as const, message: "2 of 3 nodes" } }, extendedHealth: {} };
const ours = { "fairlead.dev/cni-rollout": "r" };
const underWay = { ...ours, "fairlead.dev/cni-target-version": "v3.31" };
const upgrade = (state: "Blocked" | "Failed" | "Progressing") => ({
  cniUpgrade: { from: "v3.30", target: "v3.31", state, message: "why", steps: [], startedAt: "2026-01-01T00:00:00Z" },
});

function stateOf(version: string, annotations: Record<string, string>, status: Cluster["status"], spec = {}) {
  const cluster = testCluster({ cniPlugin: { type: "canal", version }, ...spec });
  const metadata = { ...cluster.metadata, annotations };
  const { state, message } = clusterState({ ...cluster, metadata, status: status ?? {} }, rollout, { seeds: [] });
  return [state, message];
}

test.each<[string, ReturnType<typeof stateOf>, string[]]>([
  ["healthy, at the version before", stateOf("v3.30", {}, ready), ["pending", ""]],
  ["not healthy before", stateOf("v3.30", {}, ill), ["held", "2 of 3 nodes"]],
  ["paused by its owner", stateOf("v3.30", {}, ready, { pause: true }), ["held", "the cluster is paused"]],
  [
    "on its way elsewhere",
    stateOf("v3.29", { "fairlead.dev/cni-target-version": "v3.30" }, ready),
    ["held", "it is on its way to v3.30 already"],
  ],
  ["under way", stateOf("v3.30", underWay, { ...ready, ...upgrade("Progressing") }), ["progressing", ""]],
  ["failed on the way", stateOf("v3.30", underWay, { ...ready, ...upgrade("Failed") }), ["failed", "why"]],
  ["blocked on the way", stateOf("v3.30", underWay, { ...ready, ...upgrade("Blocked") }), ["failed", "why"]],
  ["there", stateOf("v3.31", ours, ready), ["done", ""]],
  ["there, and fell ill", stateOf("v3.31", ours, ill), ["failed", "2 of 3 nodes"]],
  ["ill, but by no fault of the rollout", stateOf("v3.31", {}, ill), ["held", "2 of 3 nodes"]],
])("%s", (_name, state, expected) => {
  expect(state).toEqual(expected);
});

test("without a legal way there it fails before anything is touched", () => {
  const nowhere: CniRollout = { ...rollout, spec: { ...rollout.spec, version: "v9.9" } };
  const cluster = { ...testCluster({ cniPlugin: { type: "canal", version: "v3.30" } }), status: ready };
  expect(clusterState(cluster, nowhere, { seeds: [] }).state).toBe("failed");
});
