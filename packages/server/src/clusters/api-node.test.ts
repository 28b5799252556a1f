import type { Node } from "@fairlead/kube";
import { expect, test } from "vitest";
import { toApiNode } from "./api-node.ts";

const ready = {
  type: "Ready",
  status: "True",
  reason: "KubeletReady",
  message: "fine",
  lastHeartbeatTime: "2026-11-24T03:00:00Z",
} as const;

test("shows a ready node without error", () => {
  const node: Node = {
    metadata: {
      name: "worker-0",
      creationTimestamp: "2026-11-24T03:00:00Z",
      labels: { "fairlead.dev/simulated": "true" },
    },
    spec: { taints: [{ key: "a", effect: "NoSchedule" }] },
    status: {
      addresses: [{ type: "InternalIP", address: "192.0.2.1" }],
      capacity: { cpu: "4", memory: "8Gi", pods: "110" },
      allocatable: { cpu: "3", memory: "7Gi" },
      nodeInfo: {
        kubeletVersion: "v1.36.3",
        containerRuntimeVersion: "containerd://2.1.0",
        operatingSystem: "linux",
        architecture: "amd64",
      },
      conditions: [ready],
    },
  };
  expect(toApiNode(node)).toEqual({
    id: "worker-0",
    name: "worker-0",
    creationTimestamp: "2026-11-24T03:00:00Z",
    spec: {
      cloud: {},
      operatingSystem: {},
      versions: { kubelet: "1.36.3" },
      labels: { "fairlead.dev/simulated": "true" },
      taints: [{ key: "a", value: "", effect: "NoSchedule" }],
    },
    status: {
      machineName: "",
      addresses: [{ type: "InternalIP", address: "192.0.2.1" }],
      capacity: { cpu: "4", memory: "8Gi" },
      allocatable: { cpu: "3", memory: "7Gi" },
      nodeInfo: {
        kernelVersion: "",
        containerRuntime: "containerd",
        containerRuntimeVersion: "2.1.0",
        kubeletVersion: "v1.36.3",
        operatingSystem: "linux",
        architecture: "amd64",
      },
      conditions: [{ type: "Ready", status: "True", reason: "KubeletReady", message: "fine" }],
    },
  });
});

test("shows a node that has not reported as not ready", () => {
  expect(toApiNode({ metadata: { name: "new" } }).status).toMatchObject({
    errorReason: "NotReady",
    errorMessage: "the node has not reported yet",
    capacity: { cpu: "", memory: "" },
  });
});
