import { describe, expect, test } from "vitest";
import { loadCatalogue } from "../catalogue/load.ts";
import { defaultClusterSpec } from "../defaults/default-cluster-spec.ts";
import type { JsonObject } from "../json.ts";
import type { Labels } from "../labels.ts";
import { contextFor, minimalSpec, withFields } from "../testing/fixtures.ts";
import { updateRows } from "../testing/update-rows.ts";
import type { RuleContext } from "../types.ts";
import { validateCreate } from "../validation/validate-create.ts";
import { updateRules } from "./rules/index.ts";
import { validateUpdate } from "./validate-update.ts";

const context = contextFor("bringyourown", {
  kubernetesVersions: ["1.30.9", "1.33.5", "1.34.1", "1.35.4", "1.36.3"],
});

function stored(fields: Record<string, unknown> = {}): JsonObject {
  return withFields(defaultClusterSpec(minimalSpec(), context).spec, fields);
}

function judge(old: JsonObject, changes: Record<string, unknown>, labels?: Labels, known: RuleContext = context) {
  return validateUpdate({ spec: old }, { spec: withFields(old, changes), labels }, known);
}

const codes = (errors: readonly { code: string }[]) => errors.map(({ code }) => code);

describe.each(updateRows)("$code: $refused", ({ code, old: changes, refused, at, reason, accepted, labels }) => {
  const old = stored(changes);

  test("refuses at the exact field, and says what is accepted", () => {
    const own = judge(old, refused).errors.filter((error) => error.code === code);
    expect(own.map(({ field }) => field)).toEqual(at.map((path) => `spec.${path}`));
    expect(own.map((error) => error.reason)).toEqual(at.map(() => reason));
    for (const { message, stricter } of own) {
      expect(message).toContain("expected ");
      expect(stricter).toBe(false);
    }
  });

  test("accepts its twin", () => {
    expect(judge(old, accepted, labels).errors).toEqual([]);
  });
});

test("every rule has its row, every code is its own, and findings are about the rule's fields", () => {
  const all = updateRules.map(({ code }) => code);
  expect(new Set(updateRows.map(({ code }) => code))).toEqual(new Set(all));
  expect(new Set(all).size).toBe(all.length);
  for (const { code, at } of updateRows) {
    expect(updateRules.find((rule) => rule.code === code)?.fields).toEqual(
      expect.arrayContaining(at.map((path) => `spec.${path}`)),
    );
  }
});

test.each(updateRules.filter(({ unlockedBy }) => unlockedBy).map(({ code, unlockedBy }) => ({ code, unlockedBy })))(
  "the refusal of $code names the label that unlocks it",
  ({ code, unlockedBy }) => {
    const row = updateRows.find((other) => other.code === code && other.labels);
    expect(Object.keys(row?.labels ?? {})).toEqual([unlockedBy]);
    const [error] = judge(stored(row?.old), row?.refused ?? {}).errors.filter((found) => found.code === code);
    expect(error?.message).toContain(unlockedBy);
  },
);

describe("what was wrong before", () => {
  const clash = { "clusterNetwork.services.cidrBlocks": ["172.25.4.1/20"], "clusterNetwork.nodeCidrMaskSizeIPv4": 33 };

  test("is not held against a write that does something else", () => {
    const old = stored({ ...clash, version: "1.33.0", cniPlugin: { type: "canal", version: "v3.18" } });
    expect(judge(old, { "clusterNetwork.coreDNSReplicas": 3 }).errors).toEqual([]);
    expect(judge(old, { "clusterNetwork.coreDNSReplicas": -3 }).errors).toHaveLength(1);
  });

  test("holds where every KKP refuses it, whatever the write does", () => {
    const wrong = { "clusterNetwork.dnsDomain": "UPPER", "clusterNetwork.proxyMode": "ebpf" };
    const { errors } = judge(stored(wrong), { "clusterNetwork.coreDNSReplicas": 3 });
    expect(codes(errors)).toEqual(["ebpf-without-cilium", "ebpf-without-konnectivity", "dns-domain-syntax"]);
  });

  test("is no obstacle where the world around the cluster has changed", () => {
    const dual = {
      "clusterNetwork.ipFamily": "IPv4+IPv6",
      "clusterNetwork.pods.cidrBlocks": ["10.4.0.0/16", "fd01::/48"],
      "clusterNetwork.services.cidrBlocks": ["10.96.0.0/16", "fd02::/120"],
    };
    const openstack = contextFor("openstack");
    const { spec } = defaultClusterSpec(withFields(minimalSpec("openstack"), dual), openstack);
    const without = { ...openstack, datacenter: { name: "openstack-dc", provider: "openstack", ipv6Enabled: false } };
    for (const known of [without, { ...openstack, datacenter: undefined }, { ...openstack, kubernetesVersions: [] }]) {
      expect(validateCreate(spec, known as RuleContext).errors).toHaveLength(1);
      expect(judge(spec, { "clusterNetwork.coreDNSReplicas": 3 }, {}, known as RuleContext).errors).toEqual([]);
    }
  });

  test("does not count either way where it only moves to another place of a list", () => {
    const old = stored({ exposeStrategy: "LoadBalancer", "apiServerAllowedIPRanges.cidrBlocks": ["10.0.0.0/8", "x"] });
    expect(judge(old, { "apiServerAllowedIPRanges.cidrBlocks": ["x"] }).errors).toEqual([]);
    expect(codes(judge(old, { "apiServerAllowedIPRanges.cidrBlocks": ["y"] }).errors)).toEqual([
      "allowed-ip-ranges-syntax",
    ]);
  });

  test("is refused where the write makes it anew with another value", () => {
    const old = stored({
      exposeStrategy: "Tunneling",
      "clusterNetwork.pods.cidrBlocks": ["100.64.0.0/16"],
      "clusterNetwork.tunnelingAgentIP": "100.64.30.10",
    });
    expect(judge(old, { "clusterNetwork.coreDNSReplicas": 1 }).errors).toEqual([]);
    expect(codes(judge(old, { "clusterNetwork.tunnelingAgentIP": "100.64.30.11" }).errors)).toEqual([
      "range-overlaps-tunneling-agent",
    ]);
    expect(judge(old, { "clusterNetwork.tunnelingAgentIP": "192.168.30.10" }).errors).toEqual([]);
  });

  test("a field that was never set may be set once", () => {
    const bare = withFields(minimalSpec(), {});
    const { spec } = defaultClusterSpec(bare, context);
    expect(validateUpdate({ spec: bare }, { spec }, context).errors).toEqual([]);
  });

  test("a version that the catalogue has dropped is left as a deprecated one is", () => {
    const known = { ...context, catalogue: loadCatalogue("2.22") };
    const old = stored({ cniPlugin: { type: "canal", version: "v3.18" } });
    expect(judge(old, { "cniPlugin.version": "v3.24" }, undefined, known).errors).toEqual([]);
    expect(codes(judge(old, { "cniPlugin.version": "v3.17" }, undefined, known).errors)).toEqual([
      "cni-version-unknown",
    ]);
  });
});

describe("consequences for other fields", () => {
  const cilium = { cniPlugin: { type: "cilium", version: "1.19.4" } };
  const ebpf = { ...cilium, "clusterNetwork.proxyMode": "ebpf", "clusterNetwork.konnectivityEnabled": true };

  test("Konnectivity stays on while Cilium replaces kube-proxy", () => {
    const off = { "clusterNetwork.konnectivityEnabled": false };
    expect(codes(judge(stored(ebpf), off).errors)).toEqual(["ebpf-without-konnectivity"]);
    const withMode = { ...off, "clusterNetwork.proxyMode": "iptables" };
    expect(judge(stored(ebpf), withMode, { "unsafe-cni-migration": "x" }).errors).toEqual([]);
  });

  test("a label unlocks its own rule and no other", () => {
    const both = { ...cilium, exposeStrategy: "LoadBalancer" };
    expect(codes(judge(stored(), both, { "unsafe-cni-migration": "" }).errors)).toEqual(["expose-strategy-change"]);
    expect(codes(judge(stored(), cilium, { "unsafe-cni-upgrade": "" }).errors)).toEqual(["cni-type-change"]);
    const unknown = { "cniPlugin.version": "v3.99" };
    expect(codes(judge(stored(), unknown, { "unsafe-cni-upgrade": "" }).errors)).toEqual(["cni-version-unknown"]);
  });

  test("another type comes with any of its versions", () => {
    const far = { cniPlugin: { type: "cilium", version: "1.13.0" } };
    expect(judge(stored(), far, { "unsafe-cni-migration": "" }).errors).toEqual([]);
    const foreign = { "cniPlugin.type": "cilium" };
    expect(codes(judge(stored(), foreign, { "unsafe-cni-migration": "" }).errors)).toEqual(["cni-version-unknown"]);
  });

  test("an older Canal does not carry dual stack", () => {
    const old = stored({
      "clusterNetwork.ipFamily": "IPv4+IPv6",
      "clusterNetwork.pods.cidrBlocks": ["10.4.0.0/16", "fd01::/48"],
      "clusterNetwork.services.cidrBlocks": ["10.96.0.0/16", "fd02::/120"],
      cniPlugin: { type: "canal", version: "v3.22" },
    });
    expect(codes(judge(old, { "cniPlugin.version": "v3.21" }).errors)).toEqual(["canal-dual-stack-version"]);
  });
});

test("everything else may be changed", () => {
  const old = stored({
    exposeStrategy: "LoadBalancer",
    cniPlugin: { type: "none", version: "" },
    "apiServerAllowedIPRanges.cidrBlocks": ["10.0.0.0/8"],
  });
  const changes = {
    humanReadableName: "renamed",
    "clusterNetwork.nodeCidrMaskSizeIPv4": 25,
    "clusterNetwork.ipvs.strictArp": false,
    "clusterNetwork.konnectivityEnabled": true,
    "clusterNetwork.coreDNSReplicas": 5,
    "apiServerAllowedIPRanges.cidrBlocks": ["192.0.2.0/24"],
  };
  expect(judge(old, changes).errors).toEqual([]);
});
