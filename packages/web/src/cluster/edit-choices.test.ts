import { loadCatalogue, type RuleContext } from "@fairlead/network";
import type { ApiCluster } from "@fairlead/resources";
import { expect, test } from "vitest";
import { choicesOf, differing, judgeEdit, onTopOf, patchOf, proxyModeObstacles } from "./edit-choices.ts";

const context: RuleContext = {
  provider: "bringyourown",
  datacenter: { name: "local", provider: "bringyourown", ipv6Enabled: true },
  catalogue: loadCatalogue("current"),
  kubernetesVersions: ["1.36.3"],
  seedDefaults: {},
};

const cluster: ApiCluster = {
  id: "abc",
  name: "demo",
  creationTimestamp: "2026-01-01T00:00:00Z",
  type: "kubernetes",
  labels: { team: "shop" },
  spec: {
    version: "1.36.3",
    cloud: { dc: "local", bringyourown: {} },
    exposeStrategy: "NodePort",
    cniPlugin: { type: "cilium", version: "1.19.4" },
    clusterNetwork: {
      ipFamily: "IPv4",
      proxyMode: "ebpf",
      konnectivityEnabled: true,
      nodeLocalDNSCacheEnabled: true,
      dnsDomain: "cluster.local",
      nodeCidrMaskSizeIPv4: 24,
      pods: { cidrBlocks: ["172.25.0.0/16"] },
      services: { cidrBlocks: ["10.240.16.0/20"] },
    },
  },
  status: { version: "1.36.3", url: "", externalCCMMigration: "Unsupported" },
};
const before = choicesOf(cluster);

test("a patch holds what was changed and nothing else", () => {
  expect(patchOf(cluster, before)).toBeUndefined();
  const changed = {
    ...before,
    name: "shop",
    coreDnsReplicas: "3",
    labels: [
      { name: " tier ", value: "1" },
      { name: "", value: "of no name" },
    ],
  };
  expect(patchOf(cluster, changed)).toEqual({
    name: "shop",
    labels: { tier: "1", team: null },
    spec: { clusterNetwork: { coreDNSReplicas: 3 } },
  });
  expect(judgeEdit(cluster, changed, context).errors).toEqual([]);
  const emptied = { ...cluster, spec: { ...cluster.spec, clusterNetwork: { coreDNSReplicas: 3 } } };
  const without = patchOf(emptied, { ...choicesOf(emptied), coreDnsReplicas: "" });
  expect(without).toEqual({ spec: { clusterNetwork: { coreDNSReplicas: null } } });
});

test("the rules judge it: what does not go, and what deserves a word", () => {
  const { errors, warnings } = judgeEdit(cluster, { ...before, konnectivity: false, coreDnsReplicas: "many" }, context);
  expect(errors.map(({ field }) => field).sort()).toEqual([
    "spec.clusterNetwork.coreDNSReplicas",
    "spec.clusterNetwork.proxyMode",
  ]);
  expect(warnings.map(({ code }) => code)).toContain("konnectivity-switch");
});

test("another proxy mode is legal with the label that unlocks it, which may come with the same edit", () => {
  const legal = (choices = before) =>
    [...proxyModeObstacles(cluster, choices, context)].flatMap(([mode, obstacle]) => (obstacle ? [] : [mode]));
  expect(legal()).toEqual(["ebpf"]);
  expect(legal({ ...before, labels: [{ name: "unsafe-cni-migration", value: "" }] })).toContain("iptables");
});

test("an edit is put on top of what others have changed meanwhile, and loses neither", () => {
  const choices = { ...before, coreDnsReplicas: "3", labels: [] };
  const newer = {
    ...cluster,
    name: "renamed",
    labels: { team: "web" },
    spec: { ...cluster.spec, clusterNetwork: { ...cluster.spec.clusterNetwork, coreDNSReplicas: 5 } },
  };
  expect(differing(before, choicesOf(newer))).toEqual(["name", "coreDnsReplicas", "labels"]);
  const merged = onTopOf(newer, { before, choices });
  expect(merged).toMatchObject({ name: "renamed", coreDnsReplicas: "3", labels: [] });
  expect(patchOf(newer, merged)).toEqual({
    labels: { team: null },
    spec: { clusterNetwork: { coreDNSReplicas: 3 } },
  });
});
