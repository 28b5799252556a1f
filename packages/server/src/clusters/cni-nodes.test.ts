import type { Pod } from "@fairlead/kube";
import { expect, test } from "vitest";
import { toCniNodes } from "./cni-nodes.ts";

function agent(node: string, image: string, { ready = true, created = "2026-01-01T00:00:00Z" } = {}): Pod {
  return {
    metadata: { name: `agent-${node}-${created}`, creationTimestamp: created },
    spec: { nodeName: node, containers: [{ name: "agent", image }] },
    status: { conditions: [{ type: "Ready", status: ready ? "True" : "False" }] },
  };
}

test.each([
  ["v3.31", "quay.io/calico/node:v3.31.3"],
  ["v1.12", "quay.io/cilium/cilium:v1.12.19"],
  ["1.18.10", `registry:5000/cilium:v1.18.10@sha256:${"a".repeat(64)}`],
])("version %s runs where image %s is ready", (version, image) => {
  expect(toCniNodes(["a"], [agent("a", image)], { type: "x", version })).toEqual([{ name: "a", version, done: true }]);
});

test("a node is not done without an agent, with an older one, and before the new one is ready", () => {
  const pods = [
    agent("old", "cilium:v1.17.16"),
    agent("starting", "cilium:v1.17.16"),
    agent("starting", "cilium:v1.18.10", { ready: false, created: "2026-01-01T00:00:09Z" }),
  ];
  expect(toCniNodes(["starting", "none", "old"], pods, { type: "cilium", version: "1.18.10" })).toEqual([
    { name: "none", done: false },
    { name: "old", version: "v1.17.16", done: false },
    { name: "starting", version: "1.18.10", done: false },
  ]);
});
