import { builtin } from "@fairlead/kube";
import { addonType, applicationInstallationType, clusterNamespace } from "@fairlead/resources";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestCluster, TestInstallation } from "./testing/test-installation.ts";

const installationRef = { name: "cilium", namespace: "kube-system" };
const name = "migration";
const patience = { timeout: 150_000, interval: 500 };

let fairlead: TestInstallation;
let cluster: TestCluster;

beforeAll(async () => {
  fairlead = await TestInstallation.start();
  const project = await fairlead.createProject("migration");
  cluster = await fairlead.applyCluster({
    project,
    id: name,
    spec: {
      cniPlugin: { type: "canal", version: "v3.31" },
      clusterNetwork: { ipFamily: "IPv4+IPv6", konnectivityEnabled: true, proxyMode: "iptables" },
    },
  });
});
afterAll(async () => {
  await fairlead?.finish();
});

async function migration() {
  return (await cluster.stored()).status?.cniMigration;
}

/** What runs in the user cluster, and as what it is delivered. */
async function world() {
  const { items } = await cluster.client.list(builtin.DaemonSet, { namespace: "kube-system" });
  const addons = await fairlead.management.list(addonType, { namespace: clusterNamespace(name) });
  const of = (names: (string | undefined)[]) =>
    ["canal", "cilium", "kube-proxy"].filter((each) => names.includes(each));
  return {
    daemonSets: of(items.map(({ metadata }) => metadata.name)),
    addons: of(addons.items.map(({ metadata }) => metadata.name)),
    application: (await cluster.client.find(applicationInstallationType, installationRef)) !== undefined,
  };
}

/** A policy of the user's in a kind that came with Canal. */
const policy = {
  apiVersion: "crd.projectcalico.org/v1",
  kind: "GlobalNetworkPolicy",
  metadata: { name: "mine" },
  spec: { order: 7 },
};

test("without the label the type stays", async () => {
  await expect.poll(() => cluster.condition("CNIReady"), patience).toBe("True RolledOut");
  const { ok, stderr } = await cluster.patch({ spec: { cniPlugin: { type: "cilium", version: "1.19.4" } } });
  expect(ok).toBe(false);
  expect(stderr).toContain("unsafe-cni-migration");
});

test("from Canal to Cilium without kube-proxy: the new one comes beside the old one, which goes, and what is left is told", async () => {
  await cluster.client.request({
    method: "POST",
    path: "/apis/crd.projectcalico.org/v1/globalnetworkpolicies",
    body: policy,
  });
  const { ok, stderr } = await cluster.patch({
    metadata: { labels: { "unsafe-cni-migration": "true" } },
    spec: { cniPlugin: { type: "cilium", version: "1.19.4" }, clusterNetwork: { proxyMode: "ebpf" } },
  });
  expect(ok, stderr).toBe(true);
  await expect.poll(world, patience).toEqual({ daemonSets: ["cilium"], addons: [], application: true });
  const { spec } = await cluster.client.get(applicationInstallationType, installationRef);
  // Canal's overlay has 8472, and both are there for a while.
  expect(spec.values).toMatchObject({
    tunnelPort: 8473,
    kubeProxyReplacement: "true",
    ipv6: { enabled: true },
  });
  const kept = await cluster.kubectl("get", "globalnetworkpolicies.crd.projectcalico.org", "mine", "-o", "name");
  expect(kept).toContain("mine");

  await expect.poll(() => cluster.condition("CNIMigrated"), patience).toBe("False RestartPods");
  const { remainingSteps = [] } = (await migration()) ?? {};
  expect(remainingSteps.join("\n")).toMatch(
    /on each node: rm .*\nrestart \d+ pods? in namespace kube-system: kubectl rollout restart/,
  );
  await cluster.kubectl("rollout", "restart", "deployment,daemonset", "-n", "kube-system");
  await expect.poll(() => cluster.condition("CNIMigrated"), patience).toBe("True Complete");
});

test("and back: nothing of Cilium stays, nodes have their ranges, and kube-proxy comes back", async () => {
  const { ok, stderr } = await cluster.patch({
    spec: { cniPlugin: { type: "canal", version: "v3.31" }, clusterNetwork: { proxyMode: "iptables" } },
  });
  expect(ok, stderr).toBe(true);
  await expect
    .poll(world, patience)
    .toEqual({ daemonSets: ["canal", "kube-proxy"], addons: ["canal", "kube-proxy"], application: false });
  expect(JSON.parse(await cluster.helm("list", "-A", "-o", "json"))).toEqual([]);
  expect(await migration()).toMatchObject({ from: { type: "cilium" }, to: { type: "canal" } });
  const { items } = await cluster.client.list(builtin.Node);
  expect(items.map((node) => node.spec?.podCIDRs)).toEqual([
    [expect.stringMatching(/^172\.25\..*\/24$/), expect.stringMatching(/^fd.*\/64$/)],
  ]);
});

test("to a CNI of the user's own: the old one is theirs to remove", async () => {
  const { ok, stderr } = await cluster.patch({ spec: { cniPlugin: { type: "none", version: "" } } });
  expect(ok, stderr).toBe(true);
  await expect.poll(() => cluster.condition("CNIMigrated"), patience).toBe("False WaitingForUser");
  expect((await world()).daemonSets).toContain("canal");
  const { remainingSteps = [] } = (await migration()) ?? {};
  const command = remainingSteps.at(-1)?.match(/kubectl (delete addon canal -n \S+)/)?.[1] ?? "";
  const removed = await fairlead.kubectl(command.split(" "));
  expect(removed.ok, removed.stderr).toBe(true);
  await expect.poll(async () => (await world()).daemonSets, patience).toEqual(["kube-proxy"]);
  await expect.poll(async () => (await migration())?.state, patience).toBe("RestartPods");
});

test("from a CNI of the user's own to Cilium, as far as Fairlead can go", async () => {
  const { ok, stderr } = await cluster.patch({ spec: { cniPlugin: { type: "cilium", version: "1.19.4" } } });
  expect(ok, stderr).toBe(true);
  await expect
    .poll(migration, patience)
    .toMatchObject({ from: { type: "none" }, to: { type: "cilium" }, state: "RestartPods" });
  expect(await world()).toEqual({ daemonSets: ["cilium", "kube-proxy"], addons: ["kube-proxy"], application: true });
  await expect.poll(() => cluster.condition("CNIReady"), patience).toBe("True RolledOut");
  const { spec } = await cluster.client.get(applicationInstallationType, installationRef);
  // There is no other overlay that Fairlead knows of.
  expect(spec.values).not.toHaveProperty("tunnelPort");
});
