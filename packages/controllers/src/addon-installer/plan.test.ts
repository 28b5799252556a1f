import { describe, expect, test } from "vitest";
import { type AddonSelectionInput, defaultAddons, planAddons } from "./plan.ts";

const canal: AddonSelectionInput = {
  cniType: "canal",
  cniDelivery: "addon",
  proxyMode: "ipvs",
  nodeLocalDNSCacheEnabled: true,
};

describe("defaultAddons", () => {
  test.each<[string, Partial<AddonSelectionInput>, string[]]>([
    ["Canal", {}, ["canal", "kube-proxy", "coredns", "node-local-dns"]],
    ["no node-local DNS", { nodeLocalDNSCacheEnabled: false }, ["canal", "kube-proxy", "coredns"]],
    ["none", { cniType: "none", cniDelivery: undefined }, ["kube-proxy", "coredns", "node-local-dns"]],
    [
      "Cilium as application, ebpf",
      { cniType: "cilium", cniDelivery: "application", proxyMode: "ebpf" },
      ["coredns", "node-local-dns"],
    ],
    [
      "Cilium as application, iptables",
      { cniType: "cilium", cniDelivery: "application", proxyMode: "iptables" },
      ["kube-proxy", "coredns", "node-local-dns"],
    ],
    [
      "Cilium as add-on",
      { cniType: "cilium", proxyMode: "iptables" },
      ["cilium", "kube-proxy", "coredns", "node-local-dns"],
    ],
  ])("%s", (_what, input, expected) => {
    expect(defaultAddons({ ...canal, ...input })).toEqual(expected);
  });
});

describe("planAddons", () => {
  test("creates the missing, removes defaults that are no longer wanted, spares the user's own", () => {
    const existing = [
      { metadata: { name: "canal" }, spec: { isDefault: true } },
      { metadata: { name: "kube-proxy" }, spec: { isDefault: true } },
      { metadata: { name: "multus" }, spec: {} },
    ];
    expect(planAddons(["canal", "coredns"], existing)).toEqual({ create: ["coredns"], remove: ["kube-proxy"] });
  });
  test("an add-on that is being deleted is not deleted again, and not created while it is there", () => {
    const going = [
      { metadata: { name: "canal", deletionTimestamp: "2026-11-24T00:00:00Z" }, spec: { isDefault: true } },
    ];
    expect(planAddons(["canal"], going)).toEqual({ create: [], remove: [] });
    expect(planAddons([], going)).toEqual({ create: [], remove: [] });
  });
});
