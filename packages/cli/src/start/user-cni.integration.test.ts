import { join } from "node:path";
import { builtin, KubeClient } from "@fairlead/kube";
import { applicationInstallationType, type Cluster, clusterType } from "@fairlead/resources";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestCluster, TestInstallation } from "./testing/test-installation.ts";

const ref = { name: "my-cni", namespace: "kube-system" };

let fairlead: TestInstallation;
let cluster: TestCluster;

beforeAll(async () => {
  fairlead = await TestInstallation.start();
  const project = await fairlead.createProject("own");
  const spec = { cniPlugin: { type: "none", version: "" } };
  const { body } = await fairlead.createCluster(project, { name: "own", replicas: 1, spec });
  cluster = await fairlead.connect(project, body.id);
  await pushChart();
});
afterAll(async () => {
  await fairlead?.finish();
});

async function pushChart(): Promise<void> {
  const chart = new URL("./testing/user-cni", import.meta.url).pathname;
  await fairlead.tool("helm", ["package", chart, "--destination", fairlead.directory], "");
  const path = join(fairlead.directory, "user-cni-0.1.0.tgz");
  await fairlead.tool("helm", ["push", path, `oci://${fairlead.embedded.registry}/own`, "--plain-http"], "");
}

function version(name: string) {
  const url = `oci://${fairlead.embedded.registry}/own`;
  const helm = { url, chartName: "user-cni", chartVersion: "0.1.0", plainHTTP: true };
  return { version: name, template: { source: { helm } } };
}

async function readyNodes(): Promise<number> {
  const { items } = await cluster.client.list(builtin.Node);
  return items.filter(({ status }) => status?.conditions?.some((one) => one.type === "Ready" && one.status === "True"))
    .length;
}

async function ownCnis(): Promise<NonNullable<Cluster["status"]>["cniApplications"]> {
  return (await fairlead.management.get(clusterType, { name: cluster.id })).status?.cniApplications;
}

test("a CNI as application is not held up by the nodes that wait for it, and its version stays while it is used", async () => {
  const defined = await fairlead.kubectl(["create", "-f", "-"], {
    apiVersion: "apps.kubermatic.k8c.io/v1",
    kind: "ApplicationDefinition",
    metadata: { name: "my-cni", labels: { "apps.kubermatic.k8c.io/type": "cni" } },
    spec: { description: "A CNI", method: "helm", versions: [version("0.1.0"), version("0.2.0")] },
  });
  expect(defined.ok, defined.stderr).toBe(true);
  expect(await readyNodes()).toBe(0);
  const warnings: string[] = [];
  await using client = KubeClient.fromKubeconfig(cluster.kubeconfig, { onWarning: (text) => warnings.push(text) });
  await client.create(applicationInstallationType, {
    metadata: ref,
    spec: {
      applicationRef: { name: "my-cni", version: "0.1.0" },
      namespace: { name: "kube-system", create: false },
      values: { podCIDRs: "{{ .Cluster.Network.PodCIDRBlocks }}", serviceCIDR: "10.99.0.0/16" },
    },
  });
  expect(warnings.join()).toContain("spec.values.serviceCIDR");
  expect(warnings.join()).not.toContain("podCIDRs");
  await expect.poll(readyNodes, { timeout: 120_000 }).toBe(1);
  const seen = await cluster.helm("get", "values", "kube-system-my-cni", "-n", "kube-system", "-o", "json");
  expect(JSON.parse(seen)).toEqual({ podCIDRs: ["172.25.0.0/16"], serviceCIDR: "10.99.0.0/16" });

  await expect.poll(ownCnis, { timeout: 60_000 }).toEqual({
    "kube-system/my-cni": { application: "my-cni", version: "0.1.0" },
  });
  const without = JSON.stringify({ spec: { versions: [version("0.2.0")] } });
  const taken = await fairlead.kubectl(["patch", "applicationdefinition", "my-cni", "--type=merge", "-p", without]);
  expect(taken).toMatchObject({ ok: false, stderr: expect.stringContaining("version 0.1.0 is the CNI of clusters") });
  const deleted = await fairlead.kubectl(["delete", "applicationdefinition", "my-cni"]);
  expect(deleted).toMatchObject({ ok: false, stderr: expect.stringContaining("is the CNI of clusters") });

  await client.delete(applicationInstallationType, ref);
  await expect.poll(readyNodes, { timeout: 120_000 }).toBe(0);
  await expect.poll(ownCnis, { timeout: 60_000 }).not.toHaveProperty(["kube-system/my-cni"]);
  const freed = await fairlead.kubectl(["delete", "applicationdefinition", "my-cni"]);
  expect(freed.ok, freed.stderr).toBe(true);
});
