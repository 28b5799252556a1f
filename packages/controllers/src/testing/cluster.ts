import type { Cluster, ClusterSpec } from "@fairlead/resources";

/** A defaulted, valid Cluster with a known address; `spec` is merged over it at the first level. */
export function testCluster(spec: Partial<ClusterSpec> = {}): Cluster {
  return {
    metadata: { name: "abc", uid: "0001", generation: 1, resourceVersion: "7" },
    spec: {
      humanReadableName: "test",
      version: "1.36.3",
      cloud: { dc: "local", bringyourown: {} },
      cniPlugin: { type: "canal", version: "v3.31" },
      exposeStrategy: "NodePort",
      componentsOverride: { apiserver: { nodePortRange: "30000-32767" } },
      clusterNetwork: {
        ipFamily: "IPv4",
        pods: { cidrBlocks: ["172.25.0.0/16"] },
        services: { cidrBlocks: ["10.240.16.0/20"] },
        nodeCidrMaskSizeIPv4: 24,
        proxyMode: "ipvs",
        ipvs: { strictArp: true },
        dnsDomain: "cluster.local",
        nodeLocalDNSCacheEnabled: true,
        konnectivityEnabled: false,
      },
      ...spec,
    },
    status: { address: { url: "https://127.0.0.1:7000", externalName: "127.0.0.1", port: 7000 } },
  };
}

/** The network of {@link testCluster} with other fields. */
export function testNetwork(overrides: ClusterSpec["clusterNetwork"]): ClusterSpec["clusterNetwork"] {
  return { ...testCluster().spec.clusterNetwork, ...overrides };
}
