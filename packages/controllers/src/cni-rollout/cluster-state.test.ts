import type { Cluster, CniRollout, CniValuesChangeStatus } from "@fairlead/resources";
import { expect, test } from "vitest";
import { digestOf } from "../cni-application/values-change.ts";
import { testCluster } from "../testing/cluster.ts";
import { clusterState } from "./cluster-state.ts";
import { requestOf } from "./request.ts";

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

const values: CniRollout = {
  metadata: { name: "r", uid: "u" },
  spec: { cni: "cilium", values: { hubble: { enabled: true } } },
};
const asked = requestOf(values);

function made(state: CniValuesChangeStatus["state"], uid = "u"): NonNullable<Cluster["status"]> {
  const digest = digestOf({ hubble: { enabled: true } });
  const change = { digest, state, message: "why", rollout: { name: "r", uid }, startedAt: "2026-01-01T00:00:00Z" };
  return { cniValuesChanges: [{ ...change, digest: "other", state: "Done" }, change] };
}

function valuesState(annotations: Record<string, string>, status: Cluster["status"], spec = {}) {
  const cluster = testCluster({ cniPlugin: { type: "cilium", version: "1.18.10" }, ...spec });
  const metadata = { ...cluster.metadata, annotations };
  const { state, message } = clusterState({ ...cluster, metadata, status: status ?? {} }, values, { seeds: [] });
  return [state, message];
}

test.each<[string, ReturnType<typeof valuesState>, string[]]>([
  ["healthy", valuesState({}, ready), ["pending", ""]],
  ["not healthy before", valuesState({}, ill), ["held", "2 of 3 nodes"]],
  ["paused by its owner", valuesState({}, ready, { pause: true }), ["held", "the cluster is paused"]],
  [
    "on its way to another version",
    valuesState({ "fairlead.dev/cni-target-version": "1.19.4" }, ready),
    ["held", "it is on its way to 1.19.4 already"],
  ],
  [
    "changed by somebody else now",
    valuesState({ "fairlead.dev/cni-values-change": '{"a":1}' }, ready),
    ["held", "its CNI's values are being changed already"],
  ],
  [
    "with an add-on",
    valuesState({}, ready, { cniPlugin: { type: "cilium", version: "v1.12" } }),
    ["held", expect.stringContaining("cilium v1.12, does not come as application")],
  ],
  ["asked", valuesState(asked, ready), ["progressing", ""]],
  ["asked, and blocked", valuesState(asked, { ...ready, ...made("Blocked") }), ["failed", "why"]],
  ["under way", valuesState({}, { ...ill, ...made("RollingOut") }), ["progressing", ""]],
  ["failed", valuesState({}, { ...ready, ...made("Failed") }), ["failed", "why"]],
  ["done", valuesState({}, { ...ready, ...made("Done") }), ["done", ""]],
  ["done, and fell ill", valuesState({}, { ...ill, ...made("Done") }), ["failed", "2 of 3 nodes"]],
  ["done by a rollout before of the same name", valuesState({}, { ...ready, ...made("Done", "x") }), ["pending", ""]],
])("values: %s", (_name, state, expected) => {
  expect(state).toEqual(expected);
});
