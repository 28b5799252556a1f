import { clusterState, isNodeReady } from "@fairlead/api-client";
import type { ApiCluster, ApiClusterHealth, ApiNode } from "@fairlead/resources";
import { describe, expect, test } from "vitest";
import { changeLines, facts, isMet, type Observation, summary } from "./observation.ts";

const up = "HealthStatusUp";
const healthy: ApiClusterHealth = {
  apiserver: up,
  applicationController: up,
  scheduler: up,
  controller: up,
  machineController: up,
  etcd: up,
  cloudProviderInfrastructure: up,
  userClusterControllerManager: up,
};
const unknown = Object.fromEntries(Object.keys(healthy).map((name) => [name, ""])) as Record<keyof typeof healthy, "">;

function cluster(changes: Partial<ApiCluster> = {}, version = "1.36.3"): ApiCluster {
  const status = { version, url: "", externalCCMMigration: "Unsupported" } as const;
  return { id: "abc", name: "demo", creationTimestamp: "", type: "kubernetes", spec: {}, status, ...changes };
}

function node(errorReason: string | undefined, labels: Record<string, string> = {}): ApiNode {
  const resources = { cpu: "", memory: "" };
  const nodeInfo = {
    kernelVersion: "",
    containerRuntime: "",
    containerRuntimeVersion: "",
    kubeletVersion: "v1.36.3",
    operatingSystem: "",
    architecture: "",
  };
  return {
    id: "n",
    name: "n",
    creationTimestamp: "",
    spec: { cloud: {}, operatingSystem: {}, versions: { kubelet: "1.36.3" }, labels },
    status: { machineName: "", capacity: resources, allocatable: resources, nodeInfo, errorReason },
  };
}

const ready = node(undefined);
const notReady = node("KubeletNotReady");
const deleting = cluster({ deletionTimestamp: "2026-11-24T00:00:00Z" });
const down: ApiClusterHealth = { ...healthy, scheduler: "HealthStatusDown" };

test.each<[string, ApiCluster, ApiClusterHealth | undefined, string]>([
  ["before it was healthy once", cluster({}, ""), healthy, "Creating"],
  ["healthy", cluster(), healthy, "Running"],
  ["not asked", cluster(), undefined, "Running"],
  ["a component is down", cluster(), down, "Degraded"],
  ["on its way out, healthy or not", deleting, healthy, "Deleting"],
])("state: %s", (_name, subject, health, expected) => {
  expect(clusterState(subject, health)).toBe(expected);
});

describe("isMet", () => {
  const table: [string, Observation, { ready: boolean; nodes: boolean; deleted: boolean }][] = [
    ["nothing known", { cluster: cluster({}, ""), health: unknown }, { ready: false, nodes: false, deleted: false }],
    [
      "a component is down",
      { cluster: cluster(), health: down, nodes: [ready] },
      { ready: false, nodes: false, deleted: false },
    ],
    ["healthy, nodes unknown", { cluster: cluster(), health: healthy }, { ready: true, nodes: false, deleted: false }],
    [
      "healthy, no nodes yet",
      { cluster: cluster(), health: healthy, nodes: [] },
      { ready: true, nodes: false, deleted: false },
    ],
    [
      "one node not ready",
      { cluster: cluster(), health: healthy, nodes: [ready, notReady] },
      { ready: true, nodes: false, deleted: false },
    ],
    [
      "all ready",
      { cluster: cluster(), health: healthy, nodes: [ready, ready] },
      { ready: true, nodes: true, deleted: false },
    ],
    [
      "being deleted",
      { cluster: deleting, health: healthy, nodes: [ready] },
      { ready: false, nodes: false, deleted: false },
    ],
    ["gone", {}, { ready: false, nodes: false, deleted: true }],
    ["no answer, which is not gone", { problem: "connection refused" }, { ready: false, nodes: false, deleted: false }],
  ];
  test.each(table)("%s", (_name, seen, expected) => {
    expect({ ready: isMet(seen, "ready"), nodes: isMet(seen, "nodes-ready"), deleted: isMet(seen, "deleted") }).toEqual(
      expected,
    );
  });
});

test("a node with a Ready condition is as ready as that says", () => {
  const withCondition = (status: string): ApiNode => ({
    ...ready,
    status: { ...ready.status, conditions: [{ type: "Ready", status }] },
  });
  expect([ready, notReady, withCondition("True"), withCondition("Unknown")].map(isNodeReady)).toEqual([
    true,
    false,
    true,
    false,
  ]);
});

test("changes are told by state, each once", () => {
  const first = facts({
    cluster: cluster({}, ""),
    health: { ...unknown, etcd: up, apiserver: "HealthStatusProvisioning" },
  });
  expect(changeLines(new Map(), first)).toEqual(["apiserver: starting", "etcd: up"]);
  const second = facts({
    cluster: cluster(),
    health: healthy,
    nodes: [ready, node("x", { "fairlead.dev/simulated": "true" })],
  });
  expect(changeLines(first, second)).toEqual([
    "apiserver, applicationController, scheduler, controller, machineController, cloudProviderInfrastructure, userClusterControllerManager: up",
    "nodes: 1/2 ready, simulated",
  ]);
  expect(changeLines(second, second)).toEqual([]);
});

test("the summary says what is waited for", () => {
  expect(summary({ cluster: cluster(), health: down, nodes: [notReady] })).toBe(
    "7/8 components up, waiting for scheduler, nodes 0/1 ready",
  );
  expect(summary({ cluster: cluster({}, ""), health: unknown })).toBe("control plane not begun");
});
