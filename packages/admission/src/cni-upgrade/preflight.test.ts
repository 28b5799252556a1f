import type { Node } from "@fairlead/kube";
import { loadCatalogue } from "@fairlead/network";
import type { Cluster } from "@fairlead/resources";
import { describe, expect, test } from "vitest";
import { type PreflightInput, preflight } from "./preflight.ts";

const cluster = {
  metadata: { name: "abc" },
  spec: { version: "1.32.0", cniPlugin: { type: "cilium", version: "1.18.10" } },
  status: { extendedHealth: { etcd: "HealthStatusUp", apiserver: "HealthStatusUp" } },
} as Cluster;

function node(kernelVersion: string, more: { ready?: string; simulated?: boolean; name?: string } = {}): Node {
  const { ready = "True", simulated = false, name = "a" } = more;
  return {
    metadata: { name, labels: simulated ? { "fairlead.dev/simulated": "true" } : {} },
    status: { nodeInfo: { kernelVersion }, conditions: [{ type: "Ready", status: ready }] },
  } as Node;
}

function findings(input: Partial<PreflightInput>): string[] {
  const at = { cluster, catalogue: loadCatalogue("current"), from: "1.17.16", to: "1.18.10", nodes: [node("6.1.0")] };
  return preflight({ ...at, ...input }).map(({ check, message }) => `${check}: ${message}`);
}

function labelled(): Cluster {
  return { ...cluster, metadata: { labels: { "unsafe-cni-upgrade": "" } } };
}

describe("preflight", () => {
  test("nothing stands in the way", () => {
    expect(findings({})).toEqual([]);
    expect(findings({ nodes: [] })).toEqual([]);
  });

  test("a step from what runs that skips versions, though the Cluster went one by one", () => {
    const [finding, ...others] = findings({ from: "1.16.9" });
    expect(others).toEqual([]);
    expect(findings({ from: "1.17.16", to: "1.19.4" })).toEqual([
      expect.stringMatching(/^path: cilium 1\.17\.16 runs, and 1\.19\.4 cannot/),
    ]);
    expect(finding).toBeUndefined(); // 1.16.9 is deprecated: any higher version may follow.
  });

  test("a control plane that is not healthy, label or not", () => {
    const down = (of: Cluster): Cluster => ({ ...of, status: { extendedHealth: { etcd: "HealthStatusDown" } } });
    const expected = ["control-plane: the control plane is not healthy: etcd"];
    expect(findings({ cluster: down(cluster) })).toEqual(expected);
    expect(findings({ cluster: down(labelled()) })).toEqual(expected);
  });

  test("a node that does not report; one that only lacks its network is no hindrance", () => {
    expect(findings({ nodes: [node("6.1.0", { ready: "Unknown" })] })).toEqual([
      expect.stringContaining("nodes: node a: "),
    ]);
    expect(findings({ nodes: [node("6.1.0", { ready: "False" })] })).toEqual([]);
    expect(findings({ cluster: labelled(), nodes: [node("6.1.0", { ready: "Unknown" })] })).toEqual([]);
  });

  test.each([
    ["5.4.0-150-generic", false],
    ["5.9.16", false],
    ["5.10", true],
    ["5.10.0-28-amd64", true],
    ["6.8.0", true],
    ["unknown", true],
  ])("1.18 needs Linux 5.10: %s is enough: %s", (kernel, enough) => {
    expect(findings({ nodes: [node(kernel)] })).toHaveLength(enough ? 0 : 1);
  });

  test("kernels are told with the nodes that have them; those of simulated nodes do not count", () => {
    const old = Array.from({ length: 7 }, (_, index) => node("4.19.0", { name: `n${index}` }));
    expect(findings({ nodes: old })).toEqual([
      "kernel: node n0, n1, n2, n3, n4 and 2 more: cilium 1.18.10 needs Linux 5.10 or newer, and there is 4.19.0",
    ]);
    expect(findings({ nodes: [node("4.19.0", { simulated: true })] })).toEqual([]);
    expect(findings({ nodes: old, cluster: labelled() })).toEqual([]);
  });
});
