import type { Labels } from "../labels.ts";
import type { FieldErrorReason } from "../validation/rule.ts";
import {
  dual,
  Forbidden,
  Invalid,
  konnectivity,
  mask4,
  mask6,
  pods,
  proxyMode,
  Required,
  services,
} from "./creation-rows/row.ts";

type Fields = Record<string, unknown>;

/** One rule: a change of a stored cluster that it refuses, at which fields, and the nearest change that it accepts. */
export interface UpdateRow {
  code: string;
  /** How the stored cluster differs from a minimal one with defaults. */
  old?: Fields;
  refused: Fields;
  at: string[];
  reason: FieldErrorReason;
  accepted: Fields;
  /** Labels of the accepted change. */
  labels?: Labels;
}

const migration = { "unsafe-cni-migration": "" };
const cilium = (version = "1.19.4") => ({ type: "cilium", version });
const canal = (version: string) => ({ type: "canal", version });
const range = "componentsOverride.apiserver.nodePortRange";
const nodeLocalDns = "clusterNetwork.nodeLocalDNSCacheEnabled";

/** For every rule about changes: what it refuses and what it accepts. */
export const updateRows: readonly UpdateRow[] = [
  {
    code: "kubernetes-downgrade",
    old: { version: "1.36.3" },
    refused: { version: "1.35.4" },
    at: ["version"],
    reason: Forbidden,
    accepted: { version: "v1.36.3" },
  },
  {
    code: "kubernetes-minor-skip",
    old: { version: "1.33.5" },
    refused: { version: "1.35.4" },
    at: ["version"],
    reason: Forbidden,
    accepted: { version: "1.34.1" },
  },
  {
    code: "datacenter-change",
    refused: { "cloud.dc": "other" },
    at: ["cloud.dc"],
    reason: Forbidden,
    accepted: { "cloud.bringyourown": { note: 1 } },
  },
  {
    code: "datacenter-change",
    refused: { "cloud.dc": null },
    at: ["cloud.dc"],
    reason: Forbidden,
    accepted: {},
  },
  {
    code: "provider-change",
    refused: { "cloud.bringyourown": undefined, "cloud.aws": {} },
    at: ["cloud"],
    reason: Forbidden,
    accepted: { humanReadableName: "d" },
  },
  {
    code: "provider-change",
    refused: { "cloud.aws": {} },
    at: ["cloud"],
    reason: Forbidden,
    accepted: {},
  },
  {
    code: "expose-strategy-change",
    refused: { exposeStrategy: "LoadBalancer" },
    at: ["exposeStrategy"],
    reason: Invalid,
    accepted: { exposeStrategy: "LoadBalancer" },
    labels: { "unsafe-expose-strategy-migration": "false" },
  },
  {
    code: "nodeport-range-change",
    refused: { [range]: "30000-32766" },
    at: [range],
    reason: Invalid,
    accepted: { "componentsOverride.apiserver.replicas": 3 },
  },
  {
    code: "ip-family-change",
    refused: dual,
    at: ["clusterNetwork.ipFamily"],
    reason: Invalid,
    accepted: { "clusterNetwork.coreDNSReplicas": 3 },
  },
  {
    code: "pods-change",
    refused: { [pods]: ["172.25.0.0/17"] },
    at: [pods],
    reason: Invalid,
    accepted: { [pods]: ["172.25.0.0/16"] },
  },
  {
    code: "pods-change",
    old: dual,
    refused: { [pods]: [...dual[pods]].reverse() },
    at: [pods],
    reason: Invalid,
    accepted: { [pods]: [...dual[pods]] },
  },
  {
    code: "pods-change",
    refused: { [pods]: [] },
    at: [pods],
    reason: Invalid,
    accepted: {},
  },
  {
    code: "services-change",
    refused: { [services]: ["10.240.16.1/20"] },
    at: [services],
    reason: Invalid,
    accepted: { [services]: ["10.240.16.0/20"] },
  },
  {
    code: "proxy-mode-change",
    refused: { [proxyMode]: "iptables" },
    at: [proxyMode],
    reason: Invalid,
    accepted: { [proxyMode]: "iptables" },
    labels: migration,
  },
  {
    code: "dns-domain-change",
    refused: { "clusterNetwork.dnsDomain": "a.b" },
    at: ["clusterNetwork.dnsDomain"],
    reason: Invalid,
    accepted: { "clusterNetwork.ipvs.strictArp": false },
  },
  {
    code: "node-local-dns-change",
    refused: { [nodeLocalDns]: false },
    at: [nodeLocalDns],
    reason: Invalid,
    accepted: { [nodeLocalDns]: true },
  },
  {
    code: "node-local-dns-change",
    old: { [nodeLocalDns]: false },
    refused: { [nodeLocalDns]: null },
    at: [nodeLocalDns],
    reason: Invalid,
    accepted: {},
  },
  {
    code: "cni-removed",
    refused: { cniPlugin: null },
    at: ["cniPlugin"],
    reason: Required,
    accepted: { cniPlugin: canal("v3.31") },
  },
  {
    code: "cni-type-change",
    refused: { cniPlugin: cilium() },
    at: ["cniPlugin.type"],
    reason: Forbidden,
    accepted: { cniPlugin: cilium() },
    labels: migration,
  },
  {
    code: "cni-type-change",
    old: { cniPlugin: { type: "none", version: "" } },
    refused: { cniPlugin: canal("v3.31") },
    at: ["cniPlugin.type"],
    reason: Forbidden,
    accepted: { cniPlugin: { type: "none" } },
  },
  {
    code: "cni-version-step",
    old: { cniPlugin: canal("v3.29") },
    refused: { cniPlugin: canal("v3.31") },
    at: ["cniPlugin.version"],
    reason: Forbidden,
    accepted: { cniPlugin: canal("v3.30") },
  },
  {
    code: "cni-version-step",
    old: { cniPlugin: canal("v3.29") },
    refused: { cniPlugin: canal("v3.31") },
    at: ["cniPlugin.version"],
    reason: Forbidden,
    accepted: { cniPlugin: canal("v3.31") },
    labels: { "unsafe-cni-upgrade": "" },
  },
  {
    code: "cni-version-step",
    old: { cniPlugin: canal("v3.31") },
    refused: { cniPlugin: canal("v3.29") },
    at: ["cniPlugin.version"],
    reason: Forbidden,
    accepted: { cniPlugin: canal("v3.30") },
  },
  {
    code: "cni-version-step",
    old: { cniPlugin: cilium("1.13.8") },
    refused: { cniPlugin: cilium("1.15.16") },
    at: ["cniPlugin.version"],
    reason: Forbidden,
    accepted: { cniPlugin: cilium("1.13.0") },
  },
  {
    // Out of a deprecated version only upwards.
    code: "cni-version-step",
    old: { cniPlugin: canal("v3.27") },
    refused: { cniPlugin: canal("v3.25") },
    at: ["cniPlugin.version"],
    reason: Forbidden,
    accepted: { cniPlugin: canal("v3.31") },
  },
  {
    code: "node-mask-change-cilium",
    old: { ...dual, cniPlugin: cilium(), [proxyMode]: "iptables", [mask6]: 64 },
    refused: { [mask4]: 25, [mask6]: 63 },
    at: [mask4, mask6],
    reason: Invalid,
    accepted: { [konnectivity]: true },
  },
  {
    code: "node-mask-change-cilium",
    old: { cniPlugin: cilium(), [proxyMode]: "iptables" },
    refused: { [mask4]: undefined },
    at: [mask4],
    reason: Invalid,
    accepted: { cniPlugin: canal("v3.31"), [mask4]: 25 },
    labels: migration,
  },
];
