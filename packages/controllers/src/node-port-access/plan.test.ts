import type { ClusterSpec } from "@fairlead/resources";
import { describe, expect, test } from "vitest";
import { testCluster, testNetwork } from "../testing/cluster.ts";
import { allowedRanges, firewallProvider, planRules, type StoredRule, wantedRules } from "./plan.ts";

function on(cloud: Omit<ClusterSpec["cloud"], "dc">, spec: Partial<ClusterSpec> = {}) {
  return testCluster({ cloud: { dc: "x", ...cloud }, ...spec });
}

test.each([
  ["aws", { aws: {} }],
  ["azure", { azure: {} }],
  ["gcp", { gcp: {} }],
  ["openstack", { openstack: {} }],
  [undefined, { hetzner: {} }],
  [undefined, { bringyourown: {} }],
])("the provider with a firewall: %s", (expected, cloud) => {
  expect(firewallProvider(on(cloud))).toBe(expected);
});

describe("allowed ranges", () => {
  const list = (...cidrBlocks: string[]) => ({ nodePortsAllowedIPRanges: { cidrBlocks } });
  test.each<[string, Record<string, unknown>, string[]]>([
    ["the list", list("10.0.0.0/8", "fd00::/8"), ["10.0.0.0/8", "fd00::/8"]],
    ["the older field alone", { nodePortsAllowedIPRange: "10.0.0.0/8" }, ["10.0.0.0/8"]],
    ["both", { ...list("fd00::/8"), nodePortsAllowedIPRange: "10.0.0.0/8" }, ["fd00::/8", "10.0.0.0/8"]],
    ["each once, as AWS writes it", list("FD00:0::/8", "10.1.2.3/8", "10.0.0.0/8"), ["fd00::/8", "10.0.0.0/8"]],
    ["an empty list is everywhere", list(), ["0.0.0.0/0"]],
    ["nothing is everywhere", {}, ["0.0.0.0/0"]],
  ])("%s", (_, settings, expected) => {
    expect(allowedRanges(on({ openstack: settings }))).toEqual(expected);
  });

  test("everywhere is of both families with dual stack", () => {
    const clusterNetwork = testNetwork({ ipFamily: "IPv4+IPv6" });
    expect(allowedRanges(on({ aws: {} }, { clusterNetwork }))).toEqual(["0.0.0.0/0", "::/0"]);
  });
});

describe("the plan", () => {
  const wanted = wantedRules(on({ aws: { nodePortsAllowedIPRange: "10.0.0.0/8" } }));
  const stored = (rule: Partial<StoredRule>): StoredRule => ({
    id: "sgr-1",
    group: "sg-1",
    protocol: "tcp",
    from: 30000,
    to: 32767,
    cidr: "10.0.0.0/8",
    isOurs: true,
    ...rule,
  });

  test("authorizes each protocol of each range", () => {
    expect(planRules(wanted, [], "sg-1")).toEqual({ authorize: wanted, revoke: [] });
    expect(wanted).toEqual([
      { protocol: "tcp", from: 30000, to: 32767, cidr: "10.0.0.0/8" },
      { protocol: "udp", from: 30000, to: 32767, cidr: "10.0.0.0/8" },
    ]);
  });

  test("does nothing when all is there, be it by somebody else", () => {
    const there = [stored({}), stored({ protocol: "udp", isOurs: false })];
    expect(planRules(wanted, there, "sg-1")).toEqual({ authorize: [], revoke: [] });
  });

  test.each<[string, Partial<StoredRule>]>([
    ["of another range", { cidr: "11.0.0.0/8" }],
    ["of other ports", { from: 31000 }],
    ["of another group", { group: "sg-2" }],
  ])("revokes a rule %s if it is ours, and only then", (_, other) => {
    const kept = [stored({}), stored({ protocol: "udp" })];
    expect(planRules(wanted, [...kept, stored(other)], "sg-1")).toEqual({ authorize: [], revoke: [stored(other)] });
    expect(planRules(wanted, [...kept, stored({ ...other, isOurs: false })], "sg-1").revoke).toEqual([]);
  });
});
