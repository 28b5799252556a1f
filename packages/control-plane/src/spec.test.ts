import type { ClusterSpec } from "@fairlead/resources";
import { expect, test } from "vitest";
import { testCluster } from "./cluster.fixture.ts";
import { controlPlaneSpec } from "./spec.ts";

test("a version may carry a v", () => {
  expect(controlPlaneSpec(testCluster({ spec: { version: "v1.35.4" } })).version).toBe("1.35.4");
});

test("a Cluster that was not defaulted is refused with the field that is missing", () => {
  const network = testCluster().spec.clusterNetwork;
  const rows: [string, Partial<ClusterSpec>][] = [
    ["spec.cniPlugin.type", { cniPlugin: undefined }],
    ["spec.clusterNetwork.pods.cidrBlocks", { clusterNetwork: { ...network, pods: { cidrBlocks: [] } } }],
    ["spec.clusterNetwork.services.cidrBlocks", { clusterNetwork: { ...network, services: undefined } }],
  ];
  for (const [field, spec] of rows) {
    expect(() => controlPlaneSpec(testCluster({ spec })), field).toThrow(expect.objectContaining({ field }));
  }
});
