import type { ChildProcess } from "node:child_process";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { setTimeout as sleep } from "node:timers/promises";
import { builtin, type KubeClient, waitFor } from "@fairlead/kube";
import {
  addonType,
  applicationInstallationType,
  clusterNamespace,
  clusterType,
  installationNamespace,
  kubermaticConfigurationType,
} from "@fairlead/resources";
import { TcpProxy } from "@fairlead/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestCluster, TestInstallation } from "./testing/test-installation.ts";

const installationRef = { name: "cilium", namespace: "kube-system" };
const configurationRef = { name: "fairlead", namespace: installationNamespace };
const name = "hand-over";

let fairlead: TestInstallation;
let cluster: TestCluster;
/** Between Fairlead and its chart registry. */
let registry: TcpProxy;

beforeAll(async () => {
  fairlead = await TestInstallation.start();
  registry = await TcpProxy.to(Number(fairlead.embedded.registry.split(":")[1]));
  const { spec } = await fairlead.management.get(kubermaticConfigurationType, configurationRef);
  const helmRepository = spec?.userCluster?.systemApplications?.helmRepository?.replace(
    fairlead.embedded.registry,
    `127.0.0.1:${registry.port}`,
  );
  await configure({ spec: { userCluster: { systemApplications: { helmRepository } } } });
  const project = await fairlead.createProject("hand-over");
  cluster = await fairlead.applyCluster({
    project,
    id: name,
    spec: { cniPlugin: { type: "cilium", version: "v1.12" } },
  });
});
afterAll(async () => {
  await fairlead?.finish();
  await registry?.[Symbol.asyncDispose]();
});

async function configure(body: object): Promise<void> {
  await fairlead.management.mergePatch(kubermaticConfigurationType, configurationRef, body);
}

async function setVersion(version: string): Promise<void> {
  const { ok, stderr } = await cluster.patch({ spec: { cniPlugin: { version } } });
  expect(ok, stderr).toBe(true);
}

/** Which version each node has, and as what it is delivered. */
async function world() {
  const daemonSet = await cluster.client.find(builtin.DaemonSet, installationRef);
  const releases = JSON.parse(await cluster.helm("list", "-A", "-o", "json")) as {
    chart: string;
    status: string;
  }[];
  const addonRef = { name: "cilium", namespace: clusterNamespace(name) };
  return {
    image: daemonSet?.spec?.template.spec.containers[0]?.image?.split(":").at(-1),
    available: daemonSet?.status?.numberAvailable,
    addon: (await fairlead.management.find(addonType, addonRef)) !== undefined,
    application: (await cluster.client.find(applicationInstallationType, installationRef)) !== undefined,
    releases: releases.map(({ chart, status }) => `${chart} ${status}`),
  };
}

async function cniDaemonSets(): Promise<string[]> {
  const { items } = await cluster.client.list(builtin.DaemonSet, { namespace: "kube-system" });
  const names = items.map(({ metadata }) => metadata.name ?? "");
  return names.filter((each) => ["canal", "cilium", "kube-proxy"].includes(each)).sort();
}

async function untilReady(): Promise<void> {
  await expect.poll(() => cluster.condition("CNIReady"), { timeout: 150_000 }).toBe("True RolledOut");
}

/** As Cilium's operator brings it, with a policy of a user's. */
async function createPolicy(): Promise<void> {
  const names = { kind: "CiliumNetworkPolicy", plural: "ciliumnetworkpolicies", singular: "ciliumnetworkpolicy" };
  const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
  await cluster.client.request({
    method: "POST",
    path: "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
    body: {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: "ciliumnetworkpolicies.cilium.io" },
      spec: {
        group: "cilium.io",
        names,
        scope: "Namespaced",
        versions: [{ name: "v2", served: true, storage: true, schema }],
      },
    },
  });
  const body = {
    apiVersion: "cilium.io/v2",
    kind: names.kind,
    metadata: { name: "mine" },
    spec: { endpointSelector: {} },
  };
  const path = "/apis/cilium.io/v2/namespaces/default/ciliumnetworkpolicies";
  await waitFor(() => cluster.client.request({ method: "POST", path, body }), { what: "the kind to be served" });
}

async function policies(): Promise<string> {
  return (await cluster.kubectl("get", "ciliumnetworkpolicies", "-n", "default", "-o", "name")).trim();
}

/** What Kubernetes' own components, kwok and the check of logins write all the time. */
const notOurs = /^(events|leases|nodes|\w+reviews) /;

/** Requests that an API server has answered so far, by resource and verb. */
async function requestsTo(client: KubeClient): Promise<Map<string, number>> {
  const metrics = await client.requestText({ method: "GET", path: "/metrics" });
  const counts = new Map<string, number>();
  for (const [, labels = "", count] of metrics.matchAll(/^apiserver_request_total\{([^}]*)\} (\d+)$/gm)) {
    const label = (name: string) => labels.match(new RegExp(`\\b${name}="([^"]*)"`))?.[1];
    const what = `${label("resource")} ${label("verb")}`;
    counts.set(what, (counts.get(what) ?? 0) + Number(count));
  }
  return counts;
}

/** What was asked to be changed between two counts, each as often as it was. */
function writes(before: Map<string, number>, after: Map<string, number>): string[] {
  const isWrite = (what: string) => !notOurs.test(what) && !/ (GET|LIST|WATCH)$/.test(what);
  return [...after]
    .filter(([what]) => isWrite(what))
    .flatMap(([what, count]) => Array<string>(count - (before.get(what) ?? 0)).fill(what));
}

test("while the chart registry is down the add-on stays untouched, and it says so", async () => {
  await untilReady();
  const before = await world();
  expect(before).toMatchObject({ image: "v1.12.9", addon: true, application: false, releases: [] });
  await createPolicy();
  registry.cut();
  await setVersion("1.13.8");
  await expect.poll(() => cluster.condition("CNIReady"), { timeout: 60_000 }).toBe("False PreflightFailed");
  const { message } = (await cluster.stored()).status?.conditions?.CNIReady ?? {};
  expect(message).toMatch(/^the chart of cilium 1\.13\.8 cannot be fetched: .*(closed|ECONN)/);
  expect(await world()).toEqual(before);
});

test("when it is back Cilium goes over to the application, and nothing of the add-on stays", async () => {
  registry.restore();
  await expect
    .poll(world, { timeout: 150_000 })
    .toEqual({ image: "v1.13.8", available: 1, addon: false, application: true, releases: ["cilium-1.13.8 deployed"] });
  await untilReady();
  const { spec } = await cluster.client.get(applicationInstallationType, installationRef);
  expect(spec.values).toMatchObject({ hubble: { tls: { auto: { method: "cronJob" } } } });
  expect((await cluster.stored()).metadata.annotations).not.toHaveProperty(["fairlead.dev/cni-hand-over-from"]);
  expect(await policies()).toBe("ciliumnetworkpolicy.cilium.io/mine");
});

test("a cluster in order costs no helm and no write, whoever looks", async () => {
  const started: ChildProcess[] = [];
  const onStart = (message: unknown) => started.push((message as { process: ChildProcess }).process);
  subscribe("child_process", onStart);
  const count = () => Promise.all([requestsTo(fairlead.management), requestsTo(cluster.client)]);
  await waitFor(
    async () => {
      const [, before] = await count();
      await sleep(3_000);
      const [, after] = await count();
      return writes(before, after).length === 0;
    },
    { what: "the last pods of the hand-over to be at rest", timeoutMs: 90_000 },
  );
  const [managementBefore, userBefore] = await count();
  // So that the controllers of the CNI, of applications and of add-ons look once more.
  const metadata = { annotations: { look: "again" } };
  await configure({ metadata });
  await fairlead.management.mergePatch(clusterType, { name }, { metadata });
  await cluster.client.mergePatch(applicationInstallationType, installationRef, { metadata });
  const compared = (counts: Map<string, number>) => counts.get("configmaps GET") ?? 0;
  await waitFor(async () => compared(await requestsTo(cluster.client)) >= compared(userBefore) + 3, {
    what: "three add-ons to be compared with the cluster",
    timeoutMs: 30_000,
  });
  await sleep(3_000);
  const [management, user] = await count();
  unsubscribe("child_process", onStart);
  expect(writes(managementBefore, management)).toEqual(["clusters PATCH", "kubermaticconfigurations PATCH"]);
  expect(writes(userBefore, user)).toEqual(["applicationinstallations PATCH"]);
  expect(started.map(({ spawnfile }) => spawnfile).filter((file) => file.includes("helm"))).toEqual([]);
});

test("a way back to the add-on waits until the user has removed the application", async () => {
  await setVersion("v1.12");
  await expect
    .poll(() => cluster.condition("CNIDowngradePending"), { timeout: 60_000 })
    .toBe("True ApplicationInstalled");
  expect(await world()).toMatchObject({ image: "v1.13.8", addon: false, releases: ["cilium-1.13.8 deployed"] });

  // Somebody else's finalizer keeps the installation after Fairlead's is done.
  const { finalizers = [] } = (await cluster.client.get(applicationInstallationType, installationRef)).metadata;
  const keep = (all: string[]) =>
    cluster.client.mergePatch(applicationInstallationType, installationRef, { metadata: { finalizers: all } });
  await keep([...finalizers, "example.com/somebody"]);
  await cluster.kubectl("delete", "applicationinstallation", "cilium", "-n", "kube-system", "--wait=false");
  await expect.poll(world, { timeout: 60_000 }).toMatchObject({ image: undefined, releases: [] });
  expect(await world()).toMatchObject({ addon: false, application: true });
  await keep([]);
  await expect
    .poll(world, { timeout: 150_000 })
    .toEqual({ image: "v1.12.9", available: 1, addon: true, application: false, releases: [] });
  await untilReady();
  await expect.poll(() => cluster.condition("CNIDowngradePending"), { timeout: 60_000 }).toBe("False NotPending");
  expect(await policies()).toBe("ciliumnetworkpolicy.cilium.io/mine");
});

test("from the add-on to another CNI: nothing of it stays but what is the user's", async () => {
  const labels = { "unsafe-cni-migration": "true" };
  const { ok, stderr } = await cluster.patch({
    metadata: { labels },
    spec: { cniPlugin: { type: "canal", version: "v3.31" } },
  });
  expect(ok, stderr).toBe(true);
  await expect.poll(cniDaemonSets, { timeout: 150_000 }).toEqual(["canal", "kube-proxy"]);
  await untilReady();
  await expect
    .poll(async () => (await cluster.stored()).status, { timeout: 60_000 })
    .toMatchObject({
      cni: { type: "canal", version: "v3.31" },
      cniMigration: { from: { type: "cilium", version: "v1.12" }, state: "RestartPods" },
    });
  expect(await world()).toEqual({ addon: false, application: false, releases: [] });
  expect(await policies()).toBe("ciliumnetworkpolicy.cilium.io/mine");
});
