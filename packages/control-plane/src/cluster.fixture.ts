import type { Cluster, ClusterSpec } from "@fairlead/resources";

/** A defaulted Canal cluster on `bringyourown`; what is given replaces whole fields of the spec. */
export function testCluster(options: { id?: string; spec?: Partial<ClusterSpec> } = {}): Cluster {
  return {
    metadata: { name: options.id ?? "abc" },
    spec: {
      humanReadableName: "test",
      version: "1.36.3",
      cloud: { dc: "local", providerName: "bringyourown", bringyourown: {} },
      cniPlugin: { type: "canal", version: "v3.31" },
      clusterNetwork: {
        ipFamily: "IPv4",
        pods: { cidrBlocks: ["172.25.0.0/16"] },
        services: { cidrBlocks: ["10.240.16.0/20"] },
        nodeCidrMaskSizeIPv4: 24,
        proxyMode: "ipvs",
        dnsDomain: "cluster.local",
        konnectivityEnabled: false,
      },
      ...options.spec,
    },
  };
}

export const dualStackNetwork: ClusterSpec["clusterNetwork"] = {
  ipFamily: "IPv4+IPv6",
  pods: { cidrBlocks: ["172.25.0.0/16", "fd01::/48"] },
  services: { cidrBlocks: ["10.240.16.0/20", "fd02::/120"] },
  nodeCidrMaskSizeIPv4: 25,
  nodeCidrMaskSizeIPv6: 64,
};
