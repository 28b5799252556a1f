import { z } from "zod";
import { int32 } from "../schema/building-blocks.ts";

/**
 * No schema here carries a default: a CRD default is applied before admission and would turn every partial
 * `clusterNetwork` into `ipvs` (ruling 15). Defaults come from `@fairlead/network` alone, which is also why no field is
 * required: what is left out is filled in.
 */

export const cniPluginTypes = ["canal", "cilium", "none"] as const;

export const cniPluginSchema = z.object({
  type: z.enum(cniPluginTypes).describe("CNI plugin. With none, the cluster's owner brings the CNI."),
  version: z
    .string()
    .optional()
    .describe(
      "Version from the CNI catalogue, for example v3.24 (Canal) or 1.13.8 (Cilium). Default: the newest fitting.",
    ),
});
export type CniPlugin = z.infer<typeof cniPluginSchema>;

export const networkRangesSchema = z.object({
  cidrBlocks: z.array(z.string()).optional().describe("One CIDR, or an IPv4 and an IPv6 one for dual stack."),
});
export type NetworkRanges = z.infer<typeof networkRangesSchema>;

export const ipFamilies = ["", "IPv4", "IPv4+IPv6"] as const;
export const proxyModes = ["ipvs", "iptables", "ebpf", "nftables"] as const;

export const clusterNetworkSchema = z.object({
  ipFamily: z.enum(ipFamilies).optional().describe("IPv4 or IPv4+IPv6 (dual stack). Immutable."),
  services: networkRangesSchema.optional().describe("Ranges of service IPs. Immutable."),
  pods: networkRangesSchema.optional().describe("Ranges of pod IPs. Immutable."),
  nodeCidrMaskSizeIPv4: int32().optional().describe("Prefix length of the IPv4 pod range that each node gets."),
  nodeCidrMaskSizeIPv6: int32().optional().describe("Prefix length of the IPv6 pod range that each node gets."),
  dnsDomain: z.string().optional().describe("Domain of services, default cluster.local. Immutable."),
  proxyMode: z
    .enum(proxyModes)
    .optional()
    .describe("How service IPs reach pods. ebpf needs Cilium and Konnectivity, nftables Kubernetes 1.31. Immutable."),
  ipvs: z
    .object({ strictArp: z.boolean().optional().describe("Answer ARP only for addresses of the asked interface.") })
    .optional()
    .describe("Settings of proxy mode ipvs."),
  nodeLocalDNSCacheEnabled: z.boolean().optional().describe("Run a DNS cache on each node. Immutable."),
  coreDNSReplicas: int32().optional().describe("Number of CoreDNS pods."),
  konnectivityEnabled: z
    .boolean()
    .optional()
    .describe("Tunnel from control plane to nodes: true is Konnectivity, false OpenVPN."),
  tunnelingAgentIP: z
    .string()
    .optional()
    .describe("Address on each node where the tunnelling agent listens; only with expose strategy Tunneling."),
});
export type ClusterNetwork = z.infer<typeof clusterNetworkSchema>;
