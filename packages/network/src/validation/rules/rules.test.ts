import { describe, expect, test } from "vitest";
import { defaultClusterSpec } from "../../defaults/default-cluster-spec.ts";
import type { ProviderName } from "../../providers.ts";
import { contextFor, minimalSpec, withFields } from "../../testing/fixtures.ts";
import type { RuleContext } from "../../types.ts";
import type { FieldErrorReason } from "../rule.ts";
import { validateCreate } from "../validate-create.ts";
import { creationRules } from "./index.ts";

type Fields = Record<string, unknown>;

/** One rule: a change of a valid cluster that it refuses, at which fields, and the nearest change that it accepts. */
interface Row {
  code: string;
  refused: Fields;
  at: string[];
  reason: FieldErrorReason;
  accepted: Fields;
  provider?: ProviderName;
  context?: Partial<RuleContext>;
}

const Required = "FieldValueRequired";
const Invalid = "FieldValueInvalid";
const Forbidden = "FieldValueForbidden";
const NotSupported = "FieldValueNotSupported";
const TooMany = "FieldValueTooMany";

const pods = "clusterNetwork.pods.cidrBlocks";
const services = "clusterNetwork.services.cidrBlocks";
const ipFamily = "clusterNetwork.ipFamily";
const proxyMode = "clusterNetwork.proxyMode";
const konnectivity = "clusterNetwork.konnectivityEnabled";
const mask4 = "clusterNetwork.nodeCidrMaskSizeIPv4";
const mask6 = "clusterNetwork.nodeCidrMaskSizeIPv6";
const agent = "clusterNetwork.tunnelingAgentIP";
const dual = {
  [ipFamily]: "IPv4+IPv6",
  [pods]: ["10.4.0.0/16", "fd01::/48"],
  [services]: ["10.96.0.0/16", "fd02::/120"],
};
const gcpDual = {
  ...dual,
  "cloud.gcp.network": "global/networks/n",
  "cloud.gcp.subnetwork": "projects/p/regions/r/subnetworks/s",
};
const v4Only = (name: "openstack" | "vsphere") => ({
  datacenter: { name: `${name}-dc`, provider: name, ipv6Enabled: false },
});

const rows: Row[] = [
  { code: "field-type", refused: { clusterNetwork: 5 }, at: ["clusterNetwork"], reason: Invalid, accepted: {} },
  {
    code: "field-type",
    refused: { [pods]: "10.4.0.0/16" },
    at: [pods],
    reason: Invalid,
    accepted: { [pods]: ["10.4.0.0/16"] },
  },
  { code: "field-type", refused: { [pods]: [7] }, at: [`${pods}[0]`], reason: Invalid, accepted: {} },
  { code: "field-type", refused: { [mask4]: 24.5 }, at: [mask4], reason: Invalid, accepted: { [mask4]: 25 } },
  {
    code: "field-type",
    refused: { [konnectivity]: "yes" },
    at: [konnectivity],
    reason: Invalid,
    accepted: { [konnectivity]: null },
  },
  { code: "field-type", refused: { cloud: [] }, at: ["cloud"], reason: Invalid, accepted: {} },
  {
    code: "name-required",
    refused: { humanReadableName: "" },
    at: ["humanReadableName"],
    reason: Required,
    accepted: { humanReadableName: "x" },
  },
  {
    code: "kubernetes-version-required",
    refused: { version: undefined },
    at: ["version"],
    reason: Required,
    accepted: { version: "1.35.4" },
  },
  {
    code: "kubernetes-version-unknown",
    refused: { version: "1.36.4" },
    at: ["version"],
    reason: NotSupported,
    accepted: { version: "v1.36.3" },
  },
  {
    code: "kubernetes-version-unknown",
    refused: { version: "abc" },
    at: ["version"],
    reason: NotSupported,
    accepted: {},
  },
  { code: "datacenter-required", refused: { "cloud.dc": "" }, at: ["cloud.dc"], reason: Required, accepted: {} },
  { code: "datacenter-unknown", refused: { "cloud.dc": "x" }, at: ["cloud.dc"], reason: Invalid, accepted: {} },
  {
    code: "datacenter-unknown",
    refused: {},
    context: { datacenter: undefined },
    at: ["cloud.dc"],
    reason: Invalid,
    accepted: {},
  },
  {
    code: "provider-required",
    refused: { "cloud.bringyourown": null, "cloud.providerName": "" },
    at: ["cloud"],
    reason: Required,
    accepted: {},
  },
  {
    code: "provider-ambiguous",
    refused: { "cloud.aws": {} },
    at: ["cloud"],
    reason: Invalid,
    accepted: { "cloud.aws": null },
  },
  {
    code: "provider-name-mismatch",
    refused: { "cloud.providerName": "aws" },
    at: ["cloud.providerName"],
    reason: Invalid,
    accepted: { "cloud.providerName": undefined },
  },
  {
    code: "provider-datacenter-mismatch",
    refused: { "cloud.bringyourown": undefined, "cloud.fake": {}, "cloud.providerName": "fake" },
    at: ["cloud"],
    reason: Invalid,
    accepted: {},
  },
  {
    code: "dual-stack-datacenter",
    provider: "openstack",
    context: v4Only("openstack"),
    refused: dual,
    at: [ipFamily],
    reason: Invalid,
    accepted: {},
  },
  {
    code: "dual-stack-datacenter",
    provider: "vsphere",
    context: v4Only("vsphere"),
    refused: dual,
    at: [ipFamily],
    reason: Invalid,
    accepted: { [ipFamily]: "IPv4" },
  },
  {
    code: "gcp-dual-stack-network",
    provider: "gcp",
    refused: dual,
    at: ["cloud.gcp.network", "cloud.gcp.subnetwork"],
    reason: Required,
    accepted: gcpDual,
  },
  {
    code: "gcp-subnetwork-path",
    provider: "gcp",
    refused: { ...gcpDual, "cloud.gcp.subnetwork": "s" },
    at: ["cloud.gcp.subnetwork"],
    reason: Invalid,
    accepted: gcpDual,
  },
  {
    code: "gcp-subnetwork-region",
    provider: "gcp",
    refused: { ...gcpDual, "cloud.gcp.subnetwork": "projects/p/regions/q/subnetworks/s" },
    at: ["cloud.gcp.subnetwork"],
    reason: Invalid,
    accepted: gcpDual,
  },

  {
    code: "expose-strategy-required",
    refused: { exposeStrategy: undefined },
    at: ["exposeStrategy"],
    reason: Required,
    accepted: { exposeStrategy: "LoadBalancer" },
  },
  {
    code: "expose-strategy-unknown",
    refused: { exposeStrategy: "Nodeport" },
    at: ["exposeStrategy"],
    reason: NotSupported,
    accepted: { exposeStrategy: "NodePort" },
  },
  {
    code: "allowed-ip-ranges-strategy",
    refused: { "apiServerAllowedIPRanges.cidrBlocks": ["10.0.0.0/8"] },
    at: ["apiServerAllowedIPRanges"],
    reason: Forbidden,
    accepted: { exposeStrategy: "LoadBalancer", "apiServerAllowedIPRanges.cidrBlocks": ["10.0.0.0/8"] },
  },
  {
    code: "allowed-ip-ranges-strategy",
    refused: { exposeStrategy: "Tunneling", "apiServerAllowedIPRanges.cidrBlocks": ["10.0.0.0/8"] },
    at: ["apiServerAllowedIPRanges"],
    reason: Forbidden,
    accepted: { "apiServerAllowedIPRanges.cidrBlocks": [] },
  },
  {
    code: "allowed-ip-ranges-syntax",
    refused: { exposeStrategy: "LoadBalancer", "apiServerAllowedIPRanges.cidrBlocks": ["1.2.3.0/24", "1.2.3.0"] },
    at: ["apiServerAllowedIPRanges.cidrBlocks[1]"],
    reason: Invalid,
    accepted: {
      exposeStrategy: "LoadBalancer",
      "apiServerAllowedIPRanges.cidrBlocks": ["1.2.3.0/24", "2001:db8::/32"],
    },
  },
  {
    code: "tunneling-agent-ip-strategy",
    refused: { [agent]: "100.64.30.10" },
    at: [agent],
    reason: Forbidden,
    accepted: { exposeStrategy: "Tunneling", [agent]: "100.64.30.10" },
  },
  {
    code: "tunneling-agent-ip-syntax",
    refused: { exposeStrategy: "Tunneling", [agent]: "100.64.30" },
    at: [agent],
    reason: Invalid,
    accepted: { exposeStrategy: "Tunneling", [agent]: "192.168.30.10" },
  },
  {
    code: "tunneling-agent-ip-syntax",
    refused: { exposeStrategy: "Tunneling", [agent]: "fd00::1" },
    at: [agent],
    reason: Invalid,
    accepted: { [agent]: "" },
  },

  {
    code: "cni-type-required",
    refused: { cniPlugin: {} },
    at: ["cniPlugin.type"],
    reason: Required,
    accepted: { cniPlugin: undefined },
  },
  {
    code: "cni-type-unknown",
    refused: { "cniPlugin.type": "Canal" },
    at: ["cniPlugin.type"],
    reason: NotSupported,
    accepted: { "cniPlugin.type": "canal" },
  },
  {
    code: "cni-type-unknown",
    refused: { "cniPlugin.type": "constructor" },
    at: ["cniPlugin.type"],
    reason: NotSupported,
    accepted: {},
  },
  {
    code: "cni-version-required",
    refused: { "cniPlugin.version": undefined },
    at: ["cniPlugin.version"],
    reason: Required,
    accepted: { cniPlugin: { type: "none" } },
  },
  {
    code: "cni-version-unknown",
    refused: { "cniPlugin.version": "3.31" },
    at: ["cniPlugin.version"],
    reason: NotSupported,
    accepted: { "cniPlugin.version": "v3.31" },
  },
  {
    code: "cni-version-unknown",
    refused: { cniPlugin: { type: "cilium", version: "v1.13.8" } },
    at: ["cniPlugin.version"],
    reason: NotSupported,
    accepted: { cniPlugin: { type: "cilium", version: "1.13.8" } },
  },
  {
    code: "cni-version-unknown",
    refused: { cniPlugin: { type: "none", version: "v3.31" } },
    at: ["cniPlugin.version"],
    reason: NotSupported,
    accepted: { cniPlugin: { type: "none", version: "" } },
  },
  {
    code: "cni-version-unknown",
    refused: { cniPlugin: { type: "canal", version: "" } },
    at: ["cniPlugin.version"],
    reason: NotSupported,
    accepted: { cniPlugin: { type: "canal", version: "v3.25" } },
  },
  {
    code: "canal-dual-stack-version",
    refused: { ...dual, "cniPlugin.version": "v3.21" },
    at: ["cniPlugin"],
    reason: Forbidden,
    accepted: { ...dual, "cniPlugin.version": "v3.22" },
  },

  {
    code: "pods-required",
    refused: { "clusterNetwork.pods": undefined },
    at: [pods],
    reason: Required,
    accepted: { [pods]: ["10.4.0.0/16"] },
  },
  {
    code: "services-required",
    refused: { [services]: [] },
    at: [services],
    reason: Required,
    accepted: { [services]: ["10.96.0.0/16"] },
  },
  {
    code: "pods-too-many",
    refused: { ...dual, [pods]: ["10.4.0.0/16", "fd01::/48", "10.5.0.0/16"] },
    at: [pods],
    reason: TooMany,
    accepted: dual,
  },
  {
    code: "services-too-many",
    refused: { ...dual, [services]: ["10.96.0.0/16", "fd02::/120", "fd03::/120"] },
    at: [services],
    reason: TooMany,
    accepted: dual,
  },
  {
    code: "pods-fewer-than-services",
    refused: { ...dual, [pods]: ["10.4.0.0/16"] },
    at: [pods],
    reason: Invalid,
    accepted: dual,
  },
  {
    code: "services-fewer-than-pods",
    refused: { ...dual, [services]: ["10.96.0.0/16"] },
    at: [services],
    reason: Invalid,
    accepted: dual,
  },
  {
    code: "cidr-syntax",
    refused: { [pods]: ["10.0.0.0/33"], [services]: ["010.96.0.0/16"] },
    at: [`${pods}[0]`, `${services}[0]`],
    reason: Invalid,
    accepted: { [pods]: ["10.0.0.0/16"], [services]: ["10.96.0.0/16"] },
  },
  {
    code: "cidr-syntax",
    refused: { ...dual, [pods]: ["10.4.0.0/16", "fd01::%eth0/48"] },
    at: [`${pods}[1]`],
    reason: Invalid,
    accepted: dual,
  },
  {
    code: "cidr-ipv4-mapped",
    refused: { [pods]: ["::ffff:10.4.0.0/112"] },
    at: [`${pods}[0]`],
    reason: Invalid,
    accepted: { [pods]: ["10.4.0.0/16"] },
  },
  {
    code: "cidr-host-bits",
    refused: { [services]: ["10.96.0.1/16"] },
    at: [`${services}[0]`],
    reason: Invalid,
    accepted: { [services]: ["10.96.0.0/16"] },
  },
  {
    code: "cidr-host-bits",
    provider: "aws",
    refused: { "cloud.aws.nodePortsAllowedIPRanges.cidrBlocks": ["1.2.3.4/24"] },
    at: ["cloud.aws.nodePortsAllowedIPRanges.cidrBlocks[0]"],
    reason: Invalid,
    accepted: { "cloud.aws.nodePortsAllowedIPRanges.cidrBlocks": ["1.2.3.0/24"] },
  },
  {
    code: "first-range-family",
    refused: { ...dual, [pods]: ["fd01::/48", "fd03::/48"] },
    at: [`${pods}[0]`],
    reason: Invalid,
    accepted: dual,
  },
  {
    code: "second-range-family",
    refused: { ...dual, [services]: ["10.96.0.0/16", "10.97.0.0/16"] },
    at: [`${services}[1]`],
    reason: Invalid,
    accepted: dual,
  },
  {
    code: "ip-family-unknown",
    refused: { [ipFamily]: "IPv6" },
    at: [ipFamily],
    reason: NotSupported,
    accepted: { [ipFamily]: "" },
  },
  {
    code: "ip-family-mismatch",
    refused: { ...dual, [ipFamily]: "IPv4" },
    at: [ipFamily],
    reason: Invalid,
    accepted: dual,
  },
  {
    code: "ip-family-mismatch",
    refused: { [ipFamily]: "IPv4+IPv6" },
    at: [ipFamily],
    reason: Invalid,
    accepted: { [ipFamily]: "IPv4" },
  },

  {
    code: "pods-services-overlap",
    refused: { [pods]: ["10.4.0.0/16"], [services]: ["10.4.240.0/20"] },
    at: [`${services}[0]`],
    reason: Invalid,
    accepted: { [pods]: ["10.4.0.0/16"], [services]: ["10.5.0.0/20"] },
  },
  {
    code: "pods-services-overlap",
    refused: { ...dual, [services]: ["10.96.0.0/16", "fd01::/120"] },
    at: [`${services}[1]`],
    reason: Invalid,
    accepted: dual,
  },
  {
    code: "range-overlaps-tunneling-agent",
    refused: { exposeStrategy: "Tunneling", [agent]: "10.4.9.9", [pods]: ["10.4.0.0/16"] },
    at: [`${pods}[0]`],
    reason: Invalid,
    accepted: { exposeStrategy: "Tunneling", [agent]: "10.5.9.9", [pods]: ["10.4.0.0/16"] },
  },
  {
    code: "range-overlaps-node-local-dns",
    refused: { [services]: ["169.254.20.0/24"] },
    at: [`${services}[0]`],
    reason: Invalid,
    accepted: { [services]: ["169.253.20.0/24"] },
  },
  {
    code: "range-overlaps-loopback",
    refused: { [services]: ["127.0.0.0/16"] },
    at: [`${services}[0]`],
    reason: Invalid,
    accepted: { [services]: ["126.0.0.0/16"] },
  },
  {
    code: "range-overlaps-loopback",
    refused: { ...dual, [services]: ["10.96.0.0/16", "::/120"] },
    at: [`${services}[1]`],
    reason: Invalid,
    accepted: dual,
  },
  {
    code: "range-overlaps-link-local",
    refused: { [services]: ["169.254.0.0/24"] },
    at: [`${services}[0]`],
    reason: Invalid,
    accepted: { [services]: ["169.253.0.0/24"] },
  },
  {
    code: "range-overlaps-link-local",
    refused: { ...dual, [pods]: ["10.4.0.0/16", "fe80::/48"] },
    at: [`${pods}[1]`],
    reason: Invalid,
    accepted: dual,
  },
  {
    code: "range-overlaps-multicast",
    refused: { [pods]: ["224.0.0.0/16"] },
    at: [`${pods}[0]`],
    reason: Invalid,
    accepted: { [pods]: ["223.0.0.0/16"] },
  },
  {
    code: "range-overlaps-multicast",
    refused: { ...dual, [services]: ["10.96.0.0/16", "ff02::/120"] },
    at: [`${services}[1]`],
    reason: Invalid,
    accepted: dual,
  },

  {
    code: "services-too-large",
    refused: { version: "1.33.5", [services]: ["10.0.0.0/11"] },
    at: [`${services}[0]`],
    reason: Invalid,
    accepted: { version: "1.33.5", [services]: ["10.0.0.0/12"] },
  },
  {
    code: "services-too-large",
    refused: { ...dual, version: "1.33.5", [services]: ["10.96.0.0/16", "fd02::/107"] },
    at: [`${services}[1]`],
    reason: Invalid,
    accepted: { ...dual, [services]: ["10.96.0.0/16", "fd02::/107"] },
  },
  {
    code: "services-too-small",
    refused: { [services]: ["10.96.0.0/29"] },
    at: [`${services}[0]`],
    reason: Invalid,
    accepted: { [services]: ["10.96.0.0/28"] },
  },
  {
    code: "services-too-small",
    refused: { ...dual, [services]: ["10.96.0.0/16", "fd02::/125"] },
    at: [`${services}[1]`],
    reason: Invalid,
    accepted: { ...dual, [services]: ["10.96.0.0/16", "fd02::/124"] },
  },

  { code: "node-mask-not-longer", refused: { [mask4]: 16 }, at: [mask4], reason: Invalid, accepted: { [mask4]: 17 } },
  {
    code: "node-mask-not-longer",
    refused: { ...dual, [mask6]: 48 },
    at: [mask6],
    reason: Invalid,
    accepted: { ...dual, [mask6]: 49 },
  },
  { code: "node-mask-too-long", refused: { [mask4]: 33 }, at: [mask4], reason: Invalid, accepted: { [mask4]: 32 } },
  {
    code: "node-mask-too-long",
    refused: { ...dual, [pods]: ["10.4.0.0/16", "fd01::/113"], [mask6]: 129 },
    at: [mask6],
    reason: Invalid,
    accepted: { ...dual, [pods]: ["10.4.0.0/16", "fd01::/113"], [mask6]: 128 },
  },
  {
    code: "node-mask-too-many-nodes",
    refused: { ...dual, [mask6]: 65 },
    at: [mask6],
    reason: Invalid,
    accepted: { ...dual, [mask6]: 64 },
  },

  {
    code: "proxy-mode-required",
    refused: { [proxyMode]: null },
    at: [proxyMode],
    reason: Required,
    accepted: { [proxyMode]: "iptables" },
  },
  {
    code: "proxy-mode-unknown",
    refused: { [proxyMode]: "nft" },
    at: [proxyMode],
    reason: NotSupported,
    accepted: { [proxyMode]: "nftables" },
  },
  {
    code: "proxy-mode-unknown",
    refused: { [proxyMode]: "" },
    at: [proxyMode],
    reason: NotSupported,
    accepted: { [proxyMode]: "ipvs" },
  },
  {
    code: "ebpf-without-cilium",
    refused: { [proxyMode]: "ebpf", [konnectivity]: true },
    at: [proxyMode],
    reason: Invalid,
    accepted: { [proxyMode]: "ebpf", [konnectivity]: true, cniPlugin: { type: "cilium", version: "1.19.4" } },
  },
  {
    code: "ebpf-without-konnectivity",
    refused: { [proxyMode]: "ebpf", cniPlugin: { type: "cilium", version: "1.19.4" } },
    at: [proxyMode],
    reason: Invalid,
    accepted: { [proxyMode]: "iptables", cniPlugin: { type: "cilium", version: "1.19.4" } },
  },
  {
    code: "nftables-kubernetes-version",
    refused: { version: "1.30.9", [proxyMode]: "nftables" },
    at: [proxyMode],
    reason: Invalid,
    accepted: { version: "1.33.5", [proxyMode]: "nftables" },
  },

  {
    code: "dns-domain-required",
    refused: { "clusterNetwork.dnsDomain": undefined },
    at: ["clusterNetwork.dnsDomain"],
    reason: Required,
    accepted: { "clusterNetwork.dnsDomain": "corp.example" },
  },
  {
    code: "dns-domain-syntax",
    refused: { "clusterNetwork.dnsDomain": "Cluster.local" },
    at: ["clusterNetwork.dnsDomain"],
    reason: Invalid,
    accepted: { "clusterNetwork.dnsDomain": "x" },
  },
  {
    code: "dns-domain-syntax",
    refused: { "clusterNetwork.dnsDomain": `${"a".repeat(63)}.`.repeat(4).slice(0, 254) },
    at: ["clusterNetwork.dnsDomain"],
    reason: Invalid,
    accepted: { "clusterNetwork.dnsDomain": `${"a".repeat(63)}.b` },
  },
  {
    code: "core-dns-replicas-negative",
    refused: { "clusterNetwork.coreDNSReplicas": -1 },
    at: ["clusterNetwork.coreDNSReplicas"],
    reason: Invalid,
    accepted: { "clusterNetwork.coreDNSReplicas": 0 },
  },

  {
    code: "nodeport-range-required",
    refused: { "componentsOverride.apiserver": {} },
    at: ["componentsOverride.apiserver.nodePortRange"],
    reason: Required,
    accepted: { "componentsOverride.apiserver.nodePortRange": "30000" },
  },
  {
    code: "nodeport-range-syntax",
    refused: { "componentsOverride.apiserver.nodePortRange": "0-10" },
    at: ["componentsOverride.apiserver.nodePortRange"],
    reason: Invalid,
    accepted: { "componentsOverride.apiserver.nodePortRange": " 1+9 " },
  },
  {
    code: "nodeports-allowed-ranges-syntax",
    provider: "azure",
    refused: {
      "cloud.azure": { nodePortsAllowedIPRanges: { cidrBlocks: ["0.0.0.0/0", "x"] }, nodePortsAllowedIPRange: "y" },
    },
    at: ["cloud.azure.nodePortsAllowedIPRanges.cidrBlocks[1]", "cloud.azure.nodePortsAllowedIPRange"],
    reason: Invalid,
    accepted: {
      "cloud.azure": { nodePortsAllowedIPRanges: { cidrBlocks: ["::/0"] }, nodePortsAllowedIPRange: "10.0.0.0/8" },
    },
  },
];

describe.each(rows)("$code: $refused", ({ code, refused, at, reason, accepted, provider, context: changes }) => {
  const usual = contextFor(provider);
  const context = { ...usual, ...changes };
  const valid = defaultClusterSpec(minimalSpec(provider), usual).spec;

  test("refuses at the exact field", () => {
    const { errors } = validateCreate(withFields(valid, refused), context);
    const own = errors.filter((error) => error.code === code);
    expect(own.map(({ field }) => field)).toEqual(at.map((path) => `spec.${path}`));
    expect(own.map((error) => error.reason)).toEqual(at.map(() => reason));
    expect(own.map(({ stricter }) => stricter)).toEqual(at.map(() => stricterCodes.has(code)));
  });

  test("accepts its twin", () => {
    const { errors } = validateCreate(withFields(valid, accepted), context.datacenter ? context : usual);
    expect(errors).toEqual([]);
  });
});

/** Those that only ruling 8 raises. */
const stricterCodes = new Set([
  "allowed-ip-ranges-syntax",
  "tunneling-agent-ip-syntax",
  "cidr-ipv4-mapped",
  "cidr-host-bits",
  "pods-services-overlap",
  "range-overlaps-tunneling-agent",
  "range-overlaps-node-local-dns",
  "range-overlaps-loopback",
  "range-overlaps-link-local",
  "range-overlaps-multicast",
  "services-too-large",
  "services-too-small",
  "node-mask-too-long",
  "node-mask-too-many-nodes",
  "core-dns-replicas-negative",
]);

test("every rule has its row, and every code is its own", () => {
  const codes = creationRules.map(({ code }) => code);
  expect(new Set(rows.map(({ code }) => code))).toEqual(new Set(codes));
  expect(new Set(codes).size).toBe(codes.length);
  expect(
    creationRules
      .filter(({ stricter }) => stricter)
      .map(({ code }) => code)
      .toSorted(),
  ).toEqual([...stricterCodes].toSorted());
});

test("messages name what would be accepted", () => {
  const spec = defaultClusterSpec(minimalSpec(), contextFor()).spec;
  const broken = withFields(spec, {
    [services]: ["10.240.16.1/20"],
    [mask4]: 33,
    [proxyMode]: "nft",
    version: "1.1.1",
  });
  const messages = validateCreate(broken, contextFor()).errors.map(({ field, message }) => `${field}: ${message}`);
  expect(messages).toEqual([
    'spec.version: supported values: "1.25.16", "1.30.9", "1.33.5", "1.35.4", "1.36.3"',
    "spec.clusterNetwork.services.cidrBlocks[0]: expected 10.240.16.0/20",
    "spec.clusterNetwork.nodeCidrMaskSizeIPv4: expected at most 32 for IPv4",
    'spec.clusterNetwork.proxyMode: supported values: "ipvs", "iptables", "ebpf", "nftables"',
  ]);
});

test("a field of the wrong type is not called missing as well", () => {
  const { errors } = validateCreate({ ...minimalSpec(), clusterNetwork: [], cniPlugin: { type: 4 } }, contextFor());
  expect(errors.filter(({ field }) => /clusterNetwork|cniPlugin/.test(field)).map(({ code }) => code)).toEqual([
    "field-type",
    "field-type",
  ]);
});
