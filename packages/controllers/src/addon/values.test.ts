import { describe, expect, test } from "vitest";
import { testCluster, testNetwork } from "../testing/cluster.ts";
import { addonValues, withoutIdentity } from "./values.ts";

describe("addonValues", () => {
  test("says what the cluster's network is", () => {
    expect(addonValues(testCluster(), "registry.test")).toEqual({
      cluster: {
        id: "abc",
        version: "1.36.3",
        apiServer: { host: "127.0.0.1", port: 7000, url: "https://127.0.0.1:7000" },
        tunnel: {
          konnectivity: { host: "", port: 8132, keepaliveTime: "1m" },
          openvpn: { host: "", port: 1194 },
        },
      },
      network: {
        ipFamily: "IPv4",
        dualStack: false,
        podCIDRs: ["172.25.0.0/16"],
        serviceCIDRs: ["10.240.16.0/20"],
        nodeCIDRMaskSizeIPv4: 24,
        nodeCIDRMaskSizeIPv6: 64,
        dnsDomain: "cluster.local",
        dnsServiceIP: "10.240.16.10",
        dnsResolverIP: "169.254.20.10",
        proxyMode: "ipvs",
        strictArp: true,
        nodeLocalDNS: true,
        coreDNSReplicas: 2,
        nodePortRange: "30000-32767",
      },
      cni: { type: "canal", version: "v3.31" },
      overwriteRegistry: "registry.test",
    });
  });

  test("dual stack, no DNS cache, no strict ARP outside of ipvs", () => {
    const clusterNetwork = testNetwork({
      pods: { cidrBlocks: ["172.25.0.0/16", "fd01::/48"] },
      services: { cidrBlocks: ["10.240.16.0/20", "fd02::/120"] },
      proxyMode: "iptables",
      ipvs: undefined,
      nodeLocalDNSCacheEnabled: false,
    });
    expect(addonValues(testCluster({ clusterNetwork })).network).toMatchObject({
      ipFamily: "IPv4+IPv6",
      dualStack: true,
      strictArp: false,
      nodeLocalDNS: false,
      dnsResolverIP: "10.240.16.10",
    });
  });

  test("tells where the tunnel's servers are, once that is known", () => {
    const cluster = testCluster({ componentsOverride: { konnectivityProxy: { keepaliveTime: "20s" } } });
    const tunnel = { konnectivity: { host: "abc.example.com", port: 31000 } };
    expect(addonValues({ ...cluster, status: { ...cluster.status, tunnel } }).cluster.tunnel).toEqual({
      konnectivity: { host: "abc.example.com", port: 31000, keepaliveTime: "20s" },
      openvpn: { host: "", port: 1194 },
    });
  });

  test("needs the address and the defaults", () => {
    expect(() => addonValues({ ...testCluster(), status: {} })).toThrow("status.address");
    expect(() => addonValues(testCluster({ clusterNetwork: {} }))).toThrow("spec.clusterNetwork");
  });
});

describe("withoutIdentity", () => {
  test("makes clusters with the same network alike", () => {
    const one = testCluster();
    const other = { ...one, metadata: { name: "other" }, status: { address: { ...one.status?.address, port: 7001 } } };
    expect(addonValues(other)).not.toEqual(addonValues(one));
    expect(withoutIdentity({ ...addonValues(other) })).toEqual(withoutIdentity({ ...addonValues(one) }));
    expect(withoutIdentity({ ...addonValues(one) })).toMatchObject({ cluster: { id: "", version: "1.36.3" } });
  });
  test("leaves what is no cluster to the chart's schema", () => {
    expect(withoutIdentity({ cluster: "x" })).toEqual({ cluster: "x" });
  });
});
