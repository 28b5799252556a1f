/**
 * The values that every add-on chart gets: what a cluster's network is, in one document (charts/addons/README). Pure.
 * @module
 */
import type { TunnelEndpoint } from "@fairlead/control-plane";
import {
  DEFAULT_NODE_PORT_RANGE,
  isDualStack,
  type NetworkedSpec,
  networkAddresses,
  nodeMask,
} from "@fairlead/network";
import { type Cluster, reachedVersion } from "@fairlead/resources";

export interface AddonValues {
  cluster: {
    id: string;
    version: string;
    apiServer: { host: string; port: number; url: string };
    /** Of a tunnel that is not served, or not known yet, the host is empty. */
    tunnel: {
      konnectivity: TunnelEndpoint & { keepaliveTime: string };
      openvpn: TunnelEndpoint;
    };
  };
  network: {
    ipFamily: "IPv4" | "IPv4+IPv6";
    dualStack: boolean;
    podCIDRs: string[];
    serviceCIDRs: string[];
    nodeCIDRMaskSizeIPv4: number;
    nodeCIDRMaskSizeIPv6: number;
    dnsDomain: string;
    dnsServiceIP: string;
    dnsResolverIP: string;
    proxyMode: string;
    strictArp: boolean;
    nodeLocalDNS: boolean;
    coreDNSReplicas: number;
    nodePortRange: string;
  };
  cni: { type: string; version: string };
  overwriteRegistry: string;
}

const defaultCoreDnsReplicas = 2;
const defaultKeepaliveTime = "1m";
const unknownEndpoints = { konnectivity: { host: "", port: 8132 }, openvpn: { host: "", port: 1194 } };

/**
 * @param cluster defaulted and valid, its address known
 * @throws Error if the address is not known yet
 */
export function addonValues(cluster: Cluster, overwriteRegistry = ""): AddonValues {
  const { spec, status, metadata } = cluster;
  const network = networkOf(cluster);
  const addresses = networkAddresses({ clusterNetwork: network });
  const { url, externalName, port } = status?.address ?? {};
  if (!url || !externalName || !port) throw new Error("status.address: the API server's address is not known yet");
  const dualStack = isDualStack(network);
  return {
    cluster: {
      id: metadata.name ?? "",
      // Not what is asked for: kube-proxy must not be newer than the API server.
      version: reachedVersion(cluster),
      apiServer: { host: externalName, port, url },
      tunnel: {
        konnectivity: {
          ...(status?.tunnel?.konnectivity ?? unknownEndpoints.konnectivity),
          keepaliveTime: spec.componentsOverride?.konnectivityProxy?.keepaliveTime || defaultKeepaliveTime,
        },
        openvpn: status?.tunnel?.openvpn ?? unknownEndpoints.openvpn,
      },
    },
    network: {
      ipFamily: dualStack ? "IPv4+IPv6" : "IPv4",
      dualStack,
      podCIDRs: [...network.pods.cidrBlocks],
      serviceCIDRs: [...network.services.cidrBlocks],
      nodeCIDRMaskSizeIPv4: nodeMask(network, "IPv4"),
      nodeCIDRMaskSizeIPv6: nodeMask(network, "IPv6"),
      dnsDomain: network.dnsDomain,
      dnsServiceIP: addresses.dnsServiceIPs[0] ?? "",
      dnsResolverIP: addresses.dnsResolverIP,
      proxyMode: network.proxyMode,
      strictArp: network.ipvs?.strictArp ?? false,
      nodeLocalDNS: network.nodeLocalDNSCacheEnabled !== false,
      coreDNSReplicas: network.coreDNSReplicas ?? defaultCoreDnsReplicas,
      nodePortRange: spec.componentsOverride?.apiserver?.nodePortRange ?? DEFAULT_NODE_PORT_RANGE,
    },
    cni: { type: spec.cniPlugin?.type ?? "none", version: spec.cniPlugin?.version ?? "" },
    overwriteRegistry,
  };
}

/**
 * The values with nothing in them that tells one cluster from another of the same network. Charts that do not read
 * which cluster they are for get these, so that one rendering serves all such clusters.
 */
export function withoutIdentity(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { cluster } = values;
  if (typeof cluster !== "object" || cluster === null) return { ...values }; // For the chart's schema to refuse.
  const tunnel = {
    konnectivity: { ...unknownEndpoints.konnectivity, keepaliveTime: defaultKeepaliveTime },
    openvpn: unknownEndpoints.openvpn,
  };
  return { ...values, cluster: { ...cluster, id: "", apiServer: { host: "", port: 6443, url: "" }, tunnel } };
}

/** The stored shape leaves every field optional; the rules have filled and checked them by now. */
function networkOf(cluster: Cluster): NetworkedSpec["clusterNetwork"] {
  const network = cluster.spec.clusterNetwork;
  if (!network?.pods?.cidrBlocks || !network.services?.cidrBlocks || !network.proxyMode || !network.dnsDomain) {
    throw new Error("spec.clusterNetwork: not defaulted yet");
  }
  return network as NetworkedSpec["clusterNetwork"];
}
