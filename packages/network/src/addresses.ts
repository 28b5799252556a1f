import { type AddressFamily, bitsOf, type Cidr, nthAddress, parseCidr, sizeOf } from "./cidr/cidr.ts";
import type { ClusterNetwork } from "./types.ts";

/** Where node-local-dns listens on each node (link-local, so that it clashes with no cluster network). */
export const NODE_LOCAL_DNS_ADDRESS = "169.254.20.10";

const API_SERVER_INDEX = 1n;
const DNS_INDEX = 10n;
const DEFAULT_NODE_MASKS = { IPv4: 24, IPv6: 64 } as const;

/** A validated spec's network; see {@link ClusterNetwork}. */
export interface NetworkedSpec {
  readonly clusterNetwork: ClusterNetwork;
}

/** The well-known addresses of a user cluster. Lists hold one address for each services range, in their order. */
export interface NetworkAddresses {
  /** The `kubernetes` Service: base + 1. */
  readonly apiServerServiceIPs: readonly string[];
  /** The `kube-dns` Service: base + 10. */
  readonly dnsServiceIPs: readonly string[];
  /** What pods have as their name server: the node's DNS cache, or the `kube-dns` Service. */
  readonly dnsResolverIP: string;
}

/** The addresses that follow from the network. Throws CidrError or RangeError on ranges that validation refuses. */
export function networkAddresses({ clusterNetwork }: NetworkedSpec): NetworkAddresses {
  const services = clusterNetwork.services.cidrBlocks.map(parseCidr);
  const dnsServiceIPs = services.map((range) => nthAddress(range, DNS_INDEX));
  const [dnsServiceIP] = dnsServiceIPs;
  if (dnsServiceIP === undefined) throw new RangeError("spec.clusterNetwork.services.cidrBlocks is empty");
  return {
    apiServerServiceIPs: services.map((range) => nthAddress(range, API_SERVER_INDEX)),
    dnsServiceIPs,
    dnsResolverIP: usesNodeLocalDns(clusterNetwork) ? NODE_LOCAL_DNS_ADDRESS : dnsServiceIP,
  };
}

/** Whether each node caches DNS. Unset means yes. */
export function usesNodeLocalDns(network: Pick<ClusterNetwork, "nodeLocalDNSCacheEnabled">): boolean {
  return network.nodeLocalDNSCacheEnabled !== false;
}

/** Whether pods have addresses of both families. */
export function isDualStack(network: Pick<ClusterNetwork, "pods">): boolean {
  return network.pods.cidrBlocks.length > 1;
}

/** The first pods range of the family. Throws CidrError on ranges that validation refuses. */
export function podsRange(network: Pick<ClusterNetwork, "pods">, family: AddressFamily): Cidr | undefined {
  return network.pods.cidrBlocks.map(parseCidr).find((range) => range.family === family);
}

/** The prefix length of each node's part of the pods range. */
export function nodeMask(network: ClusterNetwork, family: AddressFamily): number {
  return network[`nodeCidrMaskSize${family}`] ?? DEFAULT_NODE_MASKS[family];
}

/** How far a network reaches. Counts beyond 2^53 are rounded. */
export interface NetworkCapacity {
  /** Nodes that get a pods range: the least of all families. */
  readonly nodes: number;
  /** Addresses in one node's pods range, of all families the least; the CNI keeps some of them. */
  readonly podAddressesPerNode: number;
  /** Services that get a cluster IP: the least of all families. */
  readonly services: number;
}

/** What the ranges of a valid network have room for. Throws CidrError on ranges that validation refuses. */
export function networkCapacity(network: ClusterNetwork): NetworkCapacity {
  const pods = network.pods.cidrBlocks.map(parseCidr);
  const services = network.services.cidrBlocks.map(parseCidr);
  const least = (counts: readonly number[]) => Math.min(...counts);
  return {
    nodes: least(pods.map((range) => 2 ** (nodeMask(network, range.family) - range.prefix))),
    podAddressesPerNode: least(pods.map(({ family }) => 2 ** (bitsOf(family) - nodeMask(network, family)))),
    services: least(services.map((range) => Number(sizeOf(range)) - unusable(range.family))),
  };
}

/** kube-apiserver never hands out a range's base address, nor the IPv4 broadcast address. */
function unusable(family: AddressFamily): number {
  return family === "IPv4" ? 2 : 1;
}
