import { expect, test } from "vitest";
import { capacityIfValid, rangeClashes, rangesOf, reservedRanges } from "./address-plan.ts";
import type { ClusterNetwork } from "./types.ts";

const network = (pods: string[], services: string[]): ClusterNetwork => ({
  pods: { cidrBlocks: pods },
  services: { cidrBlocks: services },
  proxyMode: "ipvs",
  dnsDomain: "cluster.local",
});

test("overlaps with other clusters, whatever use the ranges have there", () => {
  const others = rangesOf("other", network(["172.25.0.0/16"], ["10.240.16.0/20", "fd02::/120"]));
  const mine = network(["10.240.0.0/16", "fd01::/48"], ["172.26.0.0/20", "no range"]);
  expect(rangeClashes(mine, others)).toMatchObject([
    { use: "pods", range: "10.240.0.0/16", other: { owner: "other", use: "services" } },
  ]);
});

test("overlaps with reserved ranges", () => {
  const mine = network(["169.254.0.0/16"], ["127.0.0.0/20"]);
  expect(rangeClashes(mine, reservedRanges).map(({ use, other }) => [use, other.owner])).toEqual([
    ["pods", "link-local"],
    ["pods", "NodeLocal DNS cache"],
    ["services", "loopback"],
  ]);
});

test("capacity of valid ranges", () => {
  expect(capacityIfValid(network(["172.25.0.0/16"], ["10.240.16.0/20"]))).toEqual({
    nodes: 256,
    podAddressesPerNode: 256,
    services: 4094,
  });
  expect(capacityIfValid(network(["172.25.0.0"], ["10.240.16.0/20"]))).toBeUndefined();
  expect(capacityIfValid(network(["172.25.0.0/28"], ["10.240.16.0/20"]))).toBeUndefined();
  expect(capacityIfValid(network([], []))).toBeUndefined();
});
