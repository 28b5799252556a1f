import { builtin } from "@fairlead/kube";
import {
  type ApiCluster,
  addonEnsureLabel,
  addonResourcesCreated,
  addonType,
  clusterNamespace,
  clusterType,
  projectType,
} from "@fairlead/resources";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Ended, fairlead as runFairlead } from "../../testing/fairlead-process.ts";
import { type ServedApi, serveApi } from "../../testing/served-api.ts";

let api: ServedApi;
let namespace: string;

beforeAll(async () => {
  api = await serveApi();
  const name = "addons";
  await api.management.create(projectType, { metadata: { name }, spec: { name } });
  await api.management.mergePatchStatus(projectType, { name }, { status: { phase: "Active" } });
  const { stdout } = await fairlead("cluster", "create", "demo", "--cni", "canal", "-o", "json");
  const { id } = JSON.parse(stdout) as ApiCluster;
  namespace = clusterNamespace(id);
  await api.management.create(builtin.Namespace, { metadata: { name: namespace } });
  await api.management.mergePatchStatus(clusterType, { name: id }, { status: { namespaceName: namespace } });
});
afterAll(() => api?.stop());

function fairlead(...args: string[]): Promise<Ended> {
  return runFairlead(args, { cwd: api.cwd });
}

const stored = () => api.management.find(addonType, { name: "multus", namespace });

test("an add-on is installed, listed, updated and removed", async () => {
  const none = await fairlead("addon", "list", "demo");
  expect([none.code, none.stdout, none.stderr]).toEqual([0, "", expect.stringContaining("Can be installed: multus")]);
  const installed = await fairlead("addon", "install", "demo", "multus", "--set", "multus.logLevel=debug", "--keep");
  expect([installed.code, installed.stdout]).toEqual([0, "Add-on multus is being installed in cluster demo.\n"]);
  expect(await stored()).toMatchObject({
    metadata: { labels: { [addonEnsureLabel]: "true" } },
    spec: { variables: { "multus.logLevel": "debug" } },
  });
  const conditions = { [addonResourcesCreated]: { status: "True", message: "6 objects are in the cluster as asked" } };
  await api.management.mergePatchStatus(addonType, { name: "multus", namespace }, { status: { conditions } });
  const { stdout } = await fairlead("addon", "list", "demo");
  expect(stdout).toMatch(
    /^NAME +STATUS +KEPT +AGE +MESSAGE\nmultus +Healthy +yes +\S+ +6 objects are in the cluster as asked\n$/,
  );
  await fairlead("addon", "update", "demo", "multus", "--set", "multus.namespaceIsolation=true", "--no-keep");
  expect((await stored())?.spec.variables).toEqual({ "multus.namespaceIsolation": true });
  expect((await stored())?.metadata.labels ?? {}).not.toHaveProperty(addonEnsureLabel);
  const removed = await fairlead("addon", "remove", "demo", "multus", "--yes");
  expect([removed.code, removed.stdout]).toEqual([0, "Removing add-on multus from cluster demo.\n"]);
  expect(await stored()).toBeUndefined();
});

test.each([
  [["addon", "install", "demo", "hubble"], "hubble is for Cilium below 1.13"],
  [["addon", "install", "demo", "canal"], "addon not accessible: canal"],
  [["addon", "install", "demo", "multus", "--set", "debug"], "--set debug: expected variable=value"],
  [["addon", "remove", "demo", "multus", "--yes"], 'addon "multus" not found'],
])("%j says what is wrong", async (args, says) => {
  const { code, stdout, stderr } = await fairlead(...args);
  expect([code === 0, stdout, stderr]).toEqual([false, "", expect.stringContaining(says)]);
});
