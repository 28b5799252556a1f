import { describe, expect, test } from "vitest";
import { valueAt } from "../json.ts";
import { type ProviderName, providerNames } from "../providers.ts";
import { contextFor, minimalSpec, withFields } from "../testing/fixtures.ts";
import { defaultClusterSpec } from "./default-cluster-spec.ts";
import { mergeTemplates } from "./layers.ts";
import { defaultRules } from "./rules.ts";

const cilium = { "cniPlugin.type": "cilium" };
const dual = { "clusterNetwork.ipFamily": "IPv4+IPv6" };
const konnectivity = { "clusterNetwork.konnectivityEnabled": true };

test("a minimal cluster gets exactly this network", () => {
  const { spec } = defaultClusterSpec(minimalSpec(), contextFor());
  expect(spec).toEqual({
    ...minimalSpec(),
    cloud: { dc: "bringyourown-dc", bringyourown: {}, providerName: "bringyourown" },
    componentsOverride: { apiserver: { nodePortRange: "30000-32767" } },
    exposeStrategy: "NodePort",
    cniPlugin: { type: "canal", version: "v3.31" },
    clusterNetwork: {
      ipFamily: "IPv4",
      pods: { cidrBlocks: ["172.25.0.0/16"] },
      services: { cidrBlocks: ["10.240.16.0/20"] },
      nodeCidrMaskSizeIPv4: 24,
      konnectivityEnabled: false,
      proxyMode: "ipvs",
      ipvs: { strictArp: true },
      nodeLocalDNSCacheEnabled: true,
      dnsDomain: "cluster.local",
    },
  });
});

describe("each field by its rule", () => {
  const rows: [what: string, request: Record<string, unknown>, path: string, expected: unknown, ProviderName?][] = [
    ["Canal uses ipvs", {}, "clusterNetwork.proxyMode", "ipvs"],
    ["None uses ipvs", { "cniPlugin.type": "none" }, "clusterNetwork.proxyMode", "ipvs"],
    ["Hetzner uses iptables", {}, "clusterNetwork.proxyMode", "iptables", "hetzner"],
    ["Cilium with Konnectivity uses ebpf", { ...cilium, ...konnectivity }, "clusterNetwork.proxyMode", "ebpf"],
    ["so on Hetzner", { ...cilium, ...konnectivity }, "clusterNetwork.proxyMode", "ebpf", "hetzner"],
    ["Cilium without uses iptables", cilium, "clusterNetwork.proxyMode", "iptables"],
    ["a chosen mode stays", { "clusterNetwork.proxyMode": "nftables" }, "clusterNetwork.proxyMode", "nftables"],
    ["strict ARP belongs to ipvs", { "clusterNetwork.proxyMode": "iptables" }, "clusterNetwork.ipvs", undefined],
    [
      "ipvs without strict ARP stays",
      { "clusterNetwork.ipvs.strictArp": false },
      "clusterNetwork.ipvs.strictArp",
      false,
    ],
    ["an empty ipvs is filled", { "clusterNetwork.ipvs": {} }, "clusterNetwork.ipvs.strictArp", true],
    ["Konnectivity is off", {}, "clusterNetwork.konnectivityEnabled", false],
    ["null is no choice", { "clusterNetwork.konnectivityEnabled": null }, "clusterNetwork.konnectivityEnabled", false],
    [
      "no DNS cache stays",
      { "clusterNetwork.nodeLocalDNSCacheEnabled": false },
      "clusterNetwork.nodeLocalDNSCacheEnabled",
      false,
    ],
    ["a mask of 0 stays", { "clusterNetwork.nodeCidrMaskSizeIPv4": 0 }, "clusterNetwork.nodeCidrMaskSizeIPv4", 0],
    ["no IPv6 mask without IPv6", {}, "clusterNetwork.nodeCidrMaskSizeIPv6", undefined],
    ["an IPv6 mask with IPv6", dual, "clusterNetwork.nodeCidrMaskSizeIPv6", 64],
    ["dual-stack pods", dual, "clusterNetwork.pods.cidrBlocks", ["172.25.0.0/16", "fd01::/48"]],
    ["dual-stack services", dual, "clusterNetwork.services.cidrBlocks", ["10.240.16.0/20", "fd02::/120"]],
    ["KubeVirt pods", dual, "clusterNetwork.pods.cidrBlocks", ["172.26.0.0/16", "fd01::/48"], "kubevirt"],
    ["KubeVirt services", {}, "clusterNetwork.services.cidrBlocks", ["10.241.0.0/20"], "kubevirt"],
    [
      "two pods ranges mean dual stack",
      { "clusterNetwork.pods.cidrBlocks": ["10.4.0.0/16", "fd00::/48"] },
      "clusterNetwork.ipFamily",
      "IPv4+IPv6",
    ],
    [
      "and complete the services",
      { "clusterNetwork.pods.cidrBlocks": ["10.4.0.0/16", "fd00::/48"] },
      "clusterNetwork.services.cidrBlocks",
      ["10.240.16.0/20", "fd02::/120"],
    ],
    [
      "one pods range is not completed",
      { ...dual, "clusterNetwork.pods.cidrBlocks": ["10.4.0.0/16"] },
      "clusterNetwork.pods.cidrBlocks",
      ["10.4.0.0/16"],
    ],
    [
      "an empty list is no choice",
      { "clusterNetwork.pods.cidrBlocks": [] },
      "clusterNetwork.pods.cidrBlocks",
      ["172.25.0.0/16"],
    ],
    [
      "a tunnelling agent with Tunneling",
      { exposeStrategy: "Tunneling" },
      "clusterNetwork.tunnelingAgentIP",
      "100.64.30.10",
    ],
    ["and only then", { exposeStrategy: "LoadBalancer" }, "clusterNetwork.tunnelingAgentIP", undefined],
    ["Cilium's version", cilium, "cniPlugin.version", "1.19.4"],
    ["Cilium's version fits Kubernetes", { ...cilium, version: "1.33.5" }, "cniPlugin.version", "1.19.4"],
    ["an older one for older Kubernetes", { ...cilium, version: "1.30.9" }, "cniPlugin.version", "1.18.10"],
    ["Canal's for older Kubernetes", { version: "1.25.16" }, "cniPlugin.version", "v3.24"],
    ["the newest where none fits", { version: "1.99.0" }, "cniPlugin.version", "v3.31"],
    ["a CNI without its type is left so", { cniPlugin: { version: "v3.30" } }, "cniPlugin.type", undefined],
    ["None has the empty version", { "cniPlugin.type": "none" }, "cniPlugin.version", ""],
    ["an unknown type gets no version", { "cniPlugin.type": "weave" }, "cniPlugin.version", undefined],
    ["a chosen version stays", { cniPlugin: { type: "canal", version: "v3.22" } }, "cniPlugin.version", "v3.22"],
    ["NodePorts are open", {}, "cloud.aws.nodePortsAllowedIPRanges", { cidrBlocks: ["0.0.0.0/0"] }, "aws"],
    [
      "for both families",
      dual,
      "cloud.openstack.nodePortsAllowedIPRanges",
      { cidrBlocks: ["0.0.0.0/0", "::/0"] },
      "openstack",
    ],
    [
      "but not beside the older field",
      { "cloud.gcp.nodePortsAllowedIPRange": "10.0.0.0/8" },
      "cloud.gcp.nodePortsAllowedIPRanges",
      undefined,
      "gcp",
    ],
    [
      "an empty list of them stays",
      { "cloud.azure.nodePortsAllowedIPRanges": { cidrBlocks: [] } },
      "cloud.azure.nodePortsAllowedIPRanges",
      { cidrBlocks: [] },
      "azure",
    ],
    ["no firewall, no ranges", {}, "cloud.hetzner.nodePortsAllowedIPRanges", undefined, "hetzner"],
  ];
  test.each(rows)("%s", (_, request, path, expected, provider = "bringyourown") => {
    const { spec } = defaultClusterSpec(withFields(minimalSpec(provider), request), contextFor(provider));
    expect(valueAt(spec, path.split("."))).toEqual(expected);
  });

  test.each(providerNames)("%s is recognized by its object", (provider) => {
    const { spec } = defaultClusterSpec(minimalSpec(provider), contextFor(provider));
    expect(valueAt(spec, ["cloud", "providerName"])).toBe(provider);
  });
});

describe("precedence", () => {
  const template = {
    exposeStrategy: "LoadBalancer",
    cniPlugin: { type: "cilium", version: "v1.12" },
    clusterNetwork: { konnectivityEnabled: true, nodeCidrMaskSizeIPv4: 26, dnsDomain: "template.example" },
    features: { a: true, b: true },
  };
  const seedDefaults = {
    exposeStrategy: "Tunneling",
    componentsOverride: { apiserver: { nodePortRange: "31000-31999", replicas: 3 } },
  } as const;
  const context = contextFor("bringyourown", { template, seedDefaults });

  test("request before template before seed before rule", () => {
    const request = { ...minimalSpec(), clusterNetwork: { dnsDomain: "request.example" }, features: { a: false } };
    const { spec, origins } = defaultClusterSpec(request, context);
    expect(spec).toMatchObject({
      exposeStrategy: "LoadBalancer",
      cniPlugin: { type: "cilium", version: "v1.12" },
      clusterNetwork: {
        konnectivityEnabled: true,
        nodeCidrMaskSizeIPv4: 26,
        dnsDomain: "request.example",
        proxyMode: "ebpf",
      },
      componentsOverride: { apiserver: { nodePortRange: "31000-31999", replicas: 3 } },
      features: { a: false, b: true },
    });
    const sources = Object.fromEntries(origins.map(({ field, source }) => [field, source]));
    expect(sources).toMatchObject({
      "spec.exposeStrategy": "template",
      "spec.cniPlugin.version": "template",
      "spec.clusterNetwork.dnsDomain": "request",
      "spec.componentsOverride.apiserver.nodePortRange": "seed",
      "spec.clusterNetwork.proxyMode": "rule",
    });
  });

  test("an explicit false or 0 wins over the template", () => {
    const request = { ...minimalSpec(), clusterNetwork: { konnectivityEnabled: false, nodeCidrMaskSizeIPv4: 0 } };
    const { spec } = defaultClusterSpec(request, context);
    expect(spec.clusterNetwork).toMatchObject({ konnectivityEnabled: false, nodeCidrMaskSizeIPv4: 0 });
    expect(valueAt(spec, ["clusterNetwork", "proxyMode"])).toBe("iptables");
  });

  test("a template's CNI version does not stick to another type", () => {
    const { spec } = defaultClusterSpec({ ...minimalSpec(), cniPlugin: { type: "canal" } }, context);
    expect(valueAt(spec, ["cniPlugin"])).toEqual({ type: "canal", version: "v3.31" });
  });

  test("nor does the proxy mode that goes with it", () => {
    const ebpf = { ...template, clusterNetwork: { ...template.clusterNetwork, proxyMode: "ebpf", ipvs: {} } };
    const known = contextFor("bringyourown", { template: ebpf });
    const { spec } = defaultClusterSpec(withFields(minimalSpec(), { "cniPlugin.type": "canal" }), known);
    expect(spec.clusterNetwork).toMatchObject({ konnectivityEnabled: true, proxyMode: "ipvs" });
    expect(valueAt(defaultClusterSpec(minimalSpec(), known).spec, ["clusterNetwork", "proxyMode"])).toBe("ebpf");
  });

  test("of two templates the stronger wins, and takes no CNI version of another type", () => {
    const stronger = { cniPlugin: { type: "canal" }, clusterNetwork: { konnectivityEnabled: false } };
    expect(mergeTemplates(stronger, template)).toEqual({
      ...template,
      cniPlugin: { type: "canal" },
      clusterNetwork: { ...template.clusterNetwork, konnectivityEnabled: false },
    });
  });

  test("a template's provider does not stand beside the request's", () => {
    const aws = { cloud: { dc: "t", providerName: "aws", aws: { region: "x" } } };
    const { spec } = defaultClusterSpec(minimalSpec(), contextFor("bringyourown", { template: aws }));
    expect(spec.cloud).toEqual({ dc: "bringyourown-dc", bringyourown: {}, providerName: "bringyourown" });
  });

  test("the seed's expose strategy holds without a template", () => {
    const { spec } = defaultClusterSpec(minimalSpec(), contextFor("bringyourown", { seedDefaults }));
    expect(spec).toMatchObject({ exposeStrategy: "Tunneling", clusterNetwork: { tunnelingAgentIP: "100.64.30.10" } });
  });
});

describe("origins", () => {
  test("say where each value came from and why", () => {
    const request = withFields(minimalSpec("hetzner"), { "clusterNetwork.dnsDomain": "a.b" });
    const { spec, origins } = defaultClusterSpec(request, contextFor("hetzner"));
    expect(origins.find(({ field }) => field === "spec.clusterNetwork.proxyMode")).toEqual({
      field: "spec.clusterNetwork.proxyMode",
      value: "iptables",
      source: "provider",
      rule: "proxy-mode-default",
      reason: "on provider hetzner kube-proxy runs in iptables mode",
    });
    expect(origins.find(({ field }) => field === "spec.clusterNetwork.dnsDomain")?.source).toBe("request");
    for (const { field, value, reason } of origins) {
      expect(valueAt({ spec }, field.split("."))).toEqual(value);
      expect(reason).not.toBe("");
    }
  });

  test("know every rule, and each rule has its own name", () => {
    const all = defaultClusterSpec(
      withFields(minimalSpec("aws"), { ...dual, exposeStrategy: "Tunneling" }),
      contextFor("aws"),
    ).origins;
    expect(all.map(({ rule }) => rule)).toEqual(defaultRules.map(({ name }) => name));
    expect(new Set(defaultRules.map(({ name }) => name)).size).toBe(defaultRules.length);
  });

  test("are not made up for what has the wrong type", () => {
    const { spec, origins } = defaultClusterSpec({ ...minimalSpec(), clusterNetwork: 5 }, contextFor());
    expect(spec.clusterNetwork).toBe(5);
    expect(origins.filter(({ field }) => field.startsWith("spec.clusterNetwork"))).toEqual([]);
    expect(defaultClusterSpec("text", contextFor())).toEqual({ spec: "text", origins: [] });
  });
});
