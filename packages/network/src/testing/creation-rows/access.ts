import { agent, Forbidden, Invalid, NotSupported, Required, type Row } from "./row.ts";

/** Ways into the cluster, and names inside it. */
export const accessRows: readonly Row[] = [
  {
    code: "expose-strategy-unknown",
    refused: { exposeStrategy: undefined },
    at: ["exposeStrategy"],
    reason: NotSupported,
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
    code: "dns-domain-syntax",
    refused: { "clusterNetwork.dnsDomain": undefined },
    at: ["clusterNetwork.dnsDomain"],
    reason: Invalid,
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
    // Text that is there, but empty for whoever reads it.
    code: "nodeport-range-syntax",
    refused: { "componentsOverride.apiserver.nodePortRange": "  " },
    at: ["componentsOverride.apiserver.nodePortRange"],
    reason: Invalid,
    accepted: { "componentsOverride.apiserver.nodePortRange": "30000-30000" },
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
  {
    code: "nodeports-allowed-ranges-provider",
    provider: "hetzner",
    refused: {
      "cloud.hetzner": { nodePortsAllowedIPRanges: { cidrBlocks: ["10.0.0.0/8"] }, nodePortsAllowedIPRange: "::/0" },
    },
    at: ["cloud.hetzner.nodePortsAllowedIPRanges.cidrBlocks", "cloud.hetzner.nodePortsAllowedIPRange"],
    reason: Forbidden,
    accepted: { "cloud.hetzner": { nodePortsAllowedIPRanges: { cidrBlocks: [] }, nodePortsAllowedIPRange: "" } },
  },
];
