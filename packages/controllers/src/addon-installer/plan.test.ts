import { describe, expect, test } from "vitest";
import { type AddonSelectionInput, defaultAddons, planAddons } from "./plan.ts";

const canal: AddonSelectionInput = {
  cni: { type: "canal", version: "v3.31" },
  cniDelivery: "addon",
  proxyMode: "ipvs",
  nodeLocalDNSCacheEnabled: true,
  configured: [],
  available: new Set(["canal", "cilium", "hubble", "multus"]),
  tunnel: { clients: ["openvpn"], use: "openvpn" },
};

describe("defaultAddons", () => {
  test.each<[string, Partial<AddonSelectionInput>, string[]]>([
    ["Canal", {}, ["canal", "kube-proxy", "coredns", "node-local-dns", "openvpn-client"]],
    ["no node-local DNS", { nodeLocalDNSCacheEnabled: false }, ["canal", "kube-proxy", "coredns", "openvpn-client"]],
    [
      "none",
      { cni: { type: "none", version: "" }, cniDelivery: undefined },
      ["kube-proxy", "coredns", "node-local-dns", "openvpn-client"],
    ],
    [
      "Konnectivity",
      { tunnel: { clients: ["konnectivity"], use: "konnectivity" } },
      ["canal", "kube-proxy", "coredns", "node-local-dns", "konnectivity-agent", "metrics-server"],
    ],
    [
      "on the way to Konnectivity",
      { tunnel: { clients: ["konnectivity", "openvpn"], use: "openvpn" } },
      ["canal", "kube-proxy", "coredns", "node-local-dns", "konnectivity-agent", "openvpn-client"],
    ],
    [
      "on the way to OpenVPN",
      { tunnel: { clients: ["openvpn", "konnectivity"], use: "konnectivity" } },
      ["canal", "kube-proxy", "coredns", "node-local-dns", "openvpn-client", "konnectivity-agent", "metrics-server"],
    ],
    [
      "Cilium as application, ebpf",
      { cni: { type: "cilium", version: "1.19.4" }, cniDelivery: "application", proxyMode: "ebpf" },
      ["coredns", "node-local-dns", "openvpn-client"],
    ],
    [
      "Cilium as application, iptables",
      { cni: { type: "cilium", version: "1.19.4" }, cniDelivery: "application", proxyMode: "iptables" },
      ["kube-proxy", "coredns", "node-local-dns", "openvpn-client"],
    ],
    [
      "Cilium as add-on",
      { cni: { type: "cilium", version: "v1.12" }, proxyMode: "iptables" },
      ["cilium", "kube-proxy", "coredns", "node-local-dns", "openvpn-client"],
    ],
    [
      "the operator's, as far as they fit and exist",
      { configured: ["multus", "multus", "hubble", "canal", "csi"] },
      ["canal", "kube-proxy", "coredns", "node-local-dns", "openvpn-client", "multus"],
    ],
    [
      "the operator's list does not bring back what the network rules out",
      {
        configured: ["kube-proxy", "canal", "konnectivity-agent", "metrics-server"],
        available: new Set(["kube-proxy", "canal", "konnectivity-agent", "metrics-server"]),
        cni: { type: "none", version: "" },
        cniDelivery: undefined,
        proxyMode: "ebpf",
      },
      ["coredns", "node-local-dns", "openvpn-client"],
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
  test("a CNI is not removed, whatever the cluster asks for", () => {
    const existing = ["canal", "cilium"].map((name) => ({ metadata: { name }, spec: { isDefault: true } }));
    expect(planAddons(["coredns"], existing)).toEqual({ create: ["coredns"], remove: [] });
  });
  test("an add-on that is being deleted is not deleted again, and not created while it is there", () => {
    const going = [
      { metadata: { name: "canal", deletionTimestamp: "2026-11-24T00:00:00Z" }, spec: { isDefault: true } },
    ];
    expect(planAddons(["canal"], going)).toEqual({ create: [], remove: [] });
    expect(planAddons([], going)).toEqual({ create: [], remove: [] });
  });
});
