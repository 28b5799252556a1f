import { expect, test } from "vitest";
import { exitCode } from "../../exit-code.ts";
import { type UpdateOptions, updatePatch } from "./update-patch.ts";

test.each<[UpdateOptions, object]>([
  [{ cniVersion: "v3.31" }, { spec: { cniPlugin: { version: "v3.31" } } }],
  [{ cni: "cilium" }, { spec: { cniPlugin: { type: "cilium", version: "" } } }],
  [{ konnectivity: false }, { spec: { clusterNetwork: { konnectivityEnabled: false } } }],
  [{ proxyMode: "ebpf" }, { spec: { clusterNetwork: { proxyMode: "ebpf" } } }],
  [
    { kubernetesVersion: "1.36.3", name: "new" },
    { name: "new", spec: { version: "1.36.3" } },
  ],
  [{ label: ["a=b", "c=", "d=e=f", "g-"] }, { labels: { a: "b", c: "", d: "e=f", g: null } }],
])("%j is sent as %j", (options, patch) => {
  expect(updatePatch(options)).toEqual(patch);
});

test.each<[UpdateOptions, string]>([
  [{}, "say what to change"],
  [{ dryRun: true }, "say what to change"],
  [{ label: ["a"] }, "expected key=value"],
  [{ label: ["=b"] }, "expected key=value"],
  [{ label: ["-"] }, "expected key=value"],
])("%j is wrong usage", (options, message) => {
  expect(() => updatePatch(options)).toThrow(
    expect.objectContaining({ exitCode: exitCode.usage, message: expect.stringContaining(message) }),
  );
});
