import { describe, expect, test } from "vitest";
import { installsCni, type NodeView, type PodView, planNetworkReadiness, planSandboxes } from "./network-readiness.ts";

function pod(overrides: {
  node?: string;
  phase?: string;
  path?: string;
  image?: string;
  hostNetwork?: boolean;
  sandbox?: boolean;
}): PodView {
  return {
    metadata: { name: "p", ...(overrides.sandbox ? { annotations: { "fairlead.dev/sandbox": "ready" } } : {}) },
    spec: {
      nodeName: overrides.node ?? "n0",
      hostNetwork: overrides.hostNetwork ?? true,
      volumes: overrides.path ? [{ hostPath: { path: overrides.path } }] : [{ hostPath: null }],
      containers: [{ image: overrides.image ?? "example.test/cni:1" }],
    },
    status: { phase: overrides.phase ?? "Running" },
  };
}

function node(name: string, ready?: boolean): NodeView {
  return { metadata: { name, annotations: ready ? { "fairlead.dev/network-ready": "true" } : {} } };
}

describe("installsCni", () => {
  test.each([
    ["the CNI directory", pod({ path: "/etc/cni/net.d" }), true],
    ["the CNI directory with a slash at its end", pod({ path: "/etc/cni/net.d/" }), true],
    ["only its parent", pod({ path: "/etc/cni" }), false],
    ["nothing of the kind", pod({}), false],
    [
      "the directory, but Multus only delegates",
      pod({ path: "/etc/cni/net.d", image: "ghcr.io/k8snetworkplumbingwg/multus-cni:v3.8.1" }),
      false,
    ],
    [
      "the directory, from a registry with a misleading name",
      pod({ path: "/etc/cni/net.d", image: "registry.test:5000/multus-team/cilium:v1.12.9" }),
      true,
    ],
    [
      "the directory for Multus from a mirror",
      pod({ path: "/etc/cni/net.d", image: "registry.test:5000/mirror/multus-cni:v3.8.1" }),
      false,
    ],
  ])("a pod that mounts %s", (_what, candidate, expected) => {
    expect(installsCni(candidate)).toBe(expected);
  });
});

describe("planNetworkReadiness", () => {
  test("a node becomes ready with a running CNI pod, another without one does not", () => {
    expect(planNetworkReadiness([node("n0"), node("n1")], [pod({ path: "/etc/cni/net.d" })])).toEqual([
      { node: "n0", ready: true },
    ]);
  });
  test("a pod that is still pending does not count", () => {
    expect(planNetworkReadiness([node("n0")], [pod({ path: "/etc/cni/net.d", phase: "Pending" })])).toEqual([]);
  });
  test("a ready node whose CNI pod went away becomes not ready", () => {
    expect(planNetworkReadiness([node("n0", true)], [])).toEqual([{ node: "n0", ready: false }]);
  });
  test("nothing to do when it is so already", () => {
    expect(planNetworkReadiness([node("n0", true)], [pod({ path: "/etc/cni/net.d" })])).toEqual([]);
  });
});

describe("planSandboxes", () => {
  test("only pods off the host network on ready nodes, once", () => {
    const waiting = pod({ hostNetwork: false });
    const pods = [
      waiting,
      pod({ hostNetwork: false, sandbox: true }),
      pod({}),
      pod({ hostNetwork: false, node: "n1" }),
    ];
    expect(planSandboxes([node("n0", true), node("n1")], pods)).toEqual([waiting]);
  });
});
