import type { Catalogue } from "./catalogue/catalogue.ts";
import type { JsonObject } from "./json.ts";
import type { ProviderName } from "./providers.ts";
import type { RuleBook } from "./rule-book.ts";

export type CniType = "canal" | "cilium" | "none";
export type ProxyMode = "ipvs" | "iptables" | "ebpf" | "nftables";
export type ExposeStrategy = "NodePort" | "LoadBalancer" | "Tunneling";
export type IpFamily = "IPv4" | "IPv4+IPv6";

export interface NetworkRanges {
  cidrBlocks: string[];
}

/** `spec.clusterNetwork` of a Cluster: the part that the rules know. */
export interface ClusterNetwork {
  ipFamily?: IpFamily;
  pods: NetworkRanges;
  services: NetworkRanges;
  nodeCidrMaskSizeIPv4?: number;
  nodeCidrMaskSizeIPv6?: number;
  proxyMode: ProxyMode;
  ipvs?: { strictArp?: boolean };
  dnsDomain: string;
  nodeLocalDNSCacheEnabled?: boolean;
  coreDNSReplicas?: number;
  konnectivityEnabled?: boolean;
  tunnelingAgentIP?: string;
}

/** `spec.cniPlugin` of a Cluster. */
export interface CniPlugin {
  type: CniType;
  version: string;
}

/** The datacenter that `spec.cloud.dc` names. */
export interface Datacenter {
  readonly name: string;
  readonly provider: ProviderName;
  readonly ipv6Enabled: boolean;
  /** The cloud region, where the provider has regions. */
  readonly region?: string;
}

/** What a seed sets for its clusters; the KubermaticConfiguration's values are folded in by the caller. */
export interface SeedDefaults {
  readonly exposeStrategy?: ExposeStrategy;
  /** `defaultComponentSettings`, the shape of `spec.componentsOverride`. */
  readonly componentsOverride?: JsonObject;
}

/** What the rules need to know beside the cluster itself. */
export interface RuleContext {
  /** The provider to assume when the spec's cloud names none. */
  readonly provider?: ProviderName;
  /** Undefined if no datacenter has the name that `spec.cloud.dc` gives. */
  readonly datacenter?: Datacenter;
  readonly catalogue: Catalogue;
  /** The Kubernetes versions on offer, without `v`: `1.36.3`. */
  readonly kubernetesVersions: readonly string[];
  readonly seedDefaults?: SeedDefaults;
  /** The spec of the ClusterTemplate that applies, if any. */
  readonly template?: JsonObject;
  /** Other rules than Fairlead's own. */
  readonly rules?: RuleBook;
}
