/** The document that the controllers hand to every add-on chart; see any `charts/addons/<name>/values.yaml`. */
export interface AddonValues {
  cluster: {
    id: string;
    version: string;
    apiServer: { host: string; port: number; url: string };
    tunnel: {
      konnectivity: { host: string; port: number; keepaliveTime: string };
      openvpn: { host: string; port: number };
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
  hubble: { ui: boolean };
  multus: { logLevel: string; namespaceIsolation: boolean };
  overwriteRegistry: string;
}

interface Overrides {
  cluster?: Partial<AddonValues["cluster"]>;
  network?: Partial<AddonValues["network"]>;
  cni?: Partial<AddonValues["cni"]>;
  hubble?: Partial<AddonValues["hubble"]>;
  multus?: Partial<AddonValues["multus"]>;
  overwriteRegistry?: string;
}

/** Values of an ordinary IPv4 cluster with Canal, apart from the overrides. */
export function addonValues(overrides: Overrides = {}): AddonValues {
  return {
    cluster: {
      id: "abcdefghij",
      version: "1.36.3",
      apiServer: { host: "abcdefghij.example.com", port: 31443, url: "https://abcdefghij.example.com:31443" },
      tunnel: {
        konnectivity: { host: "abcdefghij.example.com", port: 31132, keepaliveTime: "1m" },
        openvpn: { host: "abcdefghij.example.com", port: 31194 },
      },
      ...overrides.cluster,
    },
    network: {
      ipFamily: "IPv4",
      dualStack: false,
      podCIDRs: ["172.26.0.0/16"],
      serviceCIDRs: ["10.241.0.0/20"],
      nodeCIDRMaskSizeIPv4: 24,
      nodeCIDRMaskSizeIPv6: 64,
      dnsDomain: "cluster.local",
      dnsServiceIP: "10.241.0.10",
      dnsResolverIP: "169.254.20.10",
      proxyMode: "ipvs",
      strictArp: true,
      nodeLocalDNS: true,
      coreDNSReplicas: 2,
      nodePortRange: "30000-32767",
      ...overrides.network,
    },
    cni: { type: "canal", version: "v3.31", ...overrides.cni },
    hubble: { ui: true, ...overrides.hubble },
    multus: { logLevel: "error", namespaceIsolation: false, ...overrides.multus },
    overwriteRegistry: overrides.overwriteRegistry ?? "",
  };
}

export const dualStack: Partial<AddonValues["network"]> = {
  ipFamily: "IPv4+IPv6",
  dualStack: true,
  podCIDRs: ["172.26.0.0/16", "fd01::/48"],
  serviceCIDRs: ["10.241.0.0/20", "fd02::/108"],
};
