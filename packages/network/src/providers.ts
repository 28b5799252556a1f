/** Whether dual stack works: everywhere, where the datacenter says so, or without the platform knowing. */
export type Ipv6Support = "always" | "datacenter" | "unknown";

export interface Provider {
  readonly name: string;
  readonly ipv6: Ipv6Support;
  /** Whether NodePorts can be restricted to address ranges (`nodePortsAllowedIPRanges`). */
  readonly nodePortRanges: boolean;
  readonly podsCidr: string;
  readonly servicesCidr: string;
  /** The proxy mode of CNIs that bring no proxy of their own. */
  readonly proxyMode: "ipvs" | "iptables";
}

const standard = {
  ipv6: "unknown",
  nodePortRanges: false,
  podsCidr: "172.25.0.0/16",
  servicesCidr: "10.240.16.0/20",
  proxyMode: "ipvs",
} as const;

/** The defaults that hold where no provider is known. */
export const standardProvider: Omit<Provider, "name"> = standard;

const table = {
  alibaba: {},
  anexia: {},
  aws: { ipv6: "always", nodePortRanges: true },
  azure: { ipv6: "always", nodePortRanges: true },
  baremetal: { ipv6: "always" },
  bringyourown: { ipv6: "always" },
  digitalocean: { ipv6: "always" },
  edge: { ipv6: "always" },
  fake: {},
  gcp: { ipv6: "always", nodePortRanges: true },
  hetzner: { ipv6: "always", proxyMode: "iptables" },
  // A KubeVirt cluster's nodes are pods of another cluster, whose ranges must not be taken twice.
  kubevirt: { podsCidr: "172.26.0.0/16", servicesCidr: "10.241.0.0/20" },
  nutanix: {},
  openstack: { ipv6: "datacenter", nodePortRanges: true },
  packet: { ipv6: "always" },
  vmwareclouddirector: {},
  vsphere: { ipv6: "datacenter" },
} as const satisfies Record<string, Partial<Provider>>;

export type ProviderName = keyof typeof table;

/** Every cloud provider, by the name of its object under `spec.cloud`. */
export const providers: ReadonlyMap<string, Provider & { readonly name: ProviderName }> = new Map(
  (Object.keys(table) as ProviderName[]).map((name) => [name, { name, ...standard, ...table[name] }]),
);

export const providerNames: readonly ProviderName[] = Object.keys(table) as ProviderName[];
