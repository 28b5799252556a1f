import { builtin, waitFor } from "@fairlead/kube";
import {
  addonType,
  applicationInstallationType,
  clusterNamespace,
  clusterType,
  initialMachineDeploymentAnnotation,
} from "@fairlead/resources";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestCluster, TestInstallation } from "./testing/test-installation.ts";

const installationRef = { name: "cilium", namespace: "kube-system" };
const name = "hand-over";

let fairlead: TestInstallation;
let cluster: TestCluster;

beforeAll(async () => {
  fairlead = await TestInstallation.start();
  const project = await fairlead.createProject("hand-over");
  const created = await fairlead.kubectl(["apply", "-f", "-"], {
    apiVersion: clusterType.apiVersion,
    kind: "Cluster",
    metadata: {
      name,
      labels: { "project-id": project },
      annotations: { [initialMachineDeploymentAnnotation]: JSON.stringify({ spec: { replicas: 1 } }) },
    },
    spec: {
      humanReadableName: name,
      version: "1.36.3",
      cloud: { dc: "local", bringyourown: {} },
      cniPlugin: { type: "cilium", version: "v1.12" },
    },
  });
  expect(created.ok, created.stderr).toBe(true);
  cluster = await fairlead.connect(project, name);
});
afterAll(async () => {
  await fairlead?.[Symbol.asyncDispose]();
});

async function setVersion(version: string): Promise<void> {
  const patch = JSON.stringify({ spec: { cniPlugin: { version } } });
  const { ok, stderr } = await fairlead.kubectl(["patch", "cluster", name, "--type=merge", "-p", patch]);
  expect(ok, stderr).toBe(true);
}

/** Reason of a condition of the Cluster, `True RolledOut`. */
async function condition(type: string): Promise<string> {
  const found = (await fairlead.management.get(clusterType, { name })).status?.conditions?.[type];
  return `${found?.status} ${found?.reason}`;
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

async function untilReady(): Promise<void> {
  await expect.poll(() => condition("CNIReady"), { timeout: 150_000 }).toBe("True RolledOut");
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

test("Cilium goes over from the add-on to the application with the version, and nothing of the add-on stays", async () => {
  await untilReady();
  expect(await world()).toMatchObject({ image: "v1.12.9", addon: true, application: false, releases: [] });
  await createPolicy();
  await setVersion("1.13.8");
  await expect
    .poll(world, { timeout: 150_000 })
    .toEqual({ image: "v1.13.8", available: 1, addon: false, application: true, releases: ["cilium-1.13.8 deployed"] });
  await untilReady();
  const { spec } = await cluster.client.get(applicationInstallationType, installationRef);
  expect(spec.values).toMatchObject({ hubble: { tls: { auto: { method: "cronJob" } } } });
  const { metadata } = await fairlead.management.get(clusterType, { name });
  expect(metadata.annotations).not.toHaveProperty(["fairlead.dev/cni-hand-over-from"]);
  expect(await policies()).toBe("ciliumnetworkpolicy.cilium.io/mine");
});

test("a way back to the add-on waits until the user has removed the application", async () => {
  await setVersion("v1.12");
  await expect.poll(() => condition("CNIDowngradePending"), { timeout: 60_000 }).toBe("True ApplicationInstalled");
  expect(await world()).toMatchObject({ image: "v1.13.8", addon: false, releases: ["cilium-1.13.8 deployed"] });

  await cluster.kubectl("delete", "applicationinstallation", "cilium", "-n", "kube-system");
  await expect
    .poll(world, { timeout: 150_000 })
    .toEqual({ image: "v1.12.9", available: 1, addon: true, application: false, releases: [] });
  await untilReady();
  await expect.poll(() => condition("CNIDowngradePending"), { timeout: 60_000 }).toBe("False NotPending");
  expect(await policies()).toBe("ciliumnetworkpolicy.cilium.io/mine");
});
