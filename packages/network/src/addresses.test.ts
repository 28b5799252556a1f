import { describe, expect, test } from "vitest";
import { isDualStack, networkAddresses, networkCapacity, nodeMask, podsRange } from "./addresses.ts";
import type { ClusterNetwork } from "./types.ts";

function network(pods: string[], services: string[], more: Partial<ClusterNetwork> = {}): ClusterNetwork {
  return {
    pods: { cidrBlocks: pods },
    services: { cidrBlocks: services },
    proxyMode: "ipvs",
    dnsDomain: "cluster.local",
    ...more,
  };
}

const single = network(["172.25.0.0/16"], ["10.240.16.0/20"]);
const dual = network(["172.25.0.0/16", "fd01::/48"], ["10.240.16.0/20", "fd02::/120"]);

describe("addresses", () => {
  test.each([
    [["10.240.16.0/20"], ["10.240.16.1"], ["10.240.16.10"]],
    [["10.241.0.0/20"], ["10.241.0.1"], ["10.241.0.10"]],
    [["10.0.0.240/28"], ["10.0.0.241"], ["10.0.0.250"]],
    [
      ["10.240.16.0/20", "fd02::/120"],
      ["10.240.16.1", "fd02::1"],
      ["10.240.16.10", "fd02::a"],
    ],
  ])("of services %j", (services, apiServerServiceIPs, dnsServiceIPs) => {
    const clusterNetwork = network(["172.25.0.0/16"], services);
    expect(networkAddresses({ clusterNetwork })).toEqual({
      apiServerServiceIPs,
      dnsServiceIPs,
      dnsResolverIP: "169.254.20.10",
    });
  });

  test("pods ask kube-dns itself where nodes do not cache", () => {
    const clusterNetwork = { ...single, nodeLocalDNSCacheEnabled: false };
    expect(networkAddresses({ clusterNetwork }).dnsResolverIP).toBe("10.240.16.10");
  });

  test("ranges that validation refuses throw", () => {
    expect(() => networkAddresses({ clusterNetwork: network([], []) })).toThrow("services.cidrBlocks is empty");
    expect(() => networkAddresses({ clusterNetwork: network([], ["10.0.0.0/29"]) })).toThrow(RangeError);
    expect(() => networkAddresses({ clusterNetwork: network([], ["x"]) })).toThrow("invalid CIDR");
  });
});

test("dual stack has a range and a mask of each family", () => {
  expect([isDualStack(single), isDualStack(dual)]).toEqual([false, true]);
  expect(podsRange(dual, "IPv6")?.text).toBe("fd01::/48");
  expect(podsRange(single, "IPv6")).toBeUndefined();
  expect([nodeMask(dual, "IPv4"), nodeMask(dual, "IPv6")]).toEqual([24, 64]);
  expect(nodeMask({ ...dual, nodeCidrMaskSizeIPv6: 80 }, "IPv6")).toBe(80);
});

test("capacity is that of the narrowest family", () => {
  expect(networkCapacity(single)).toEqual({ nodes: 256, podAddressesPerNode: 256, services: 4094 });
  expect(networkCapacity(dual)).toEqual({ nodes: 256, podAddressesPerNode: 256, services: 255 });
  const narrow = { ...dual, nodeCidrMaskSizeIPv4: 28, nodeCidrMaskSizeIPv6: 50 };
  expect(networkCapacity(narrow)).toEqual({ nodes: 4, podAddressesPerNode: 16, services: 255 });
});
