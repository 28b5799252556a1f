import { builtin, waitFor } from "@fairlead/kube";
import {
  type ApiCluster,
  type ApiClusterExplanation,
  type ApiEvent,
  type ApiNode,
  type ApiNodeDeployment,
  applicationInstallationType,
  kubermaticConfigurationType,
} from "@fairlead/resources";
import { startWebServer } from "@fairlead/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { leakedSecrets, openFiles, plantedSecret } from "./testing/secret-scan.ts";
import { type TestCluster, TestInstallation } from "./testing/test-installation.ts";

let fairlead: TestInstallation;
let cluster: TestCluster;
let url: string;

beforeAll(async () => {
  fairlead = await TestInstallation.start();
  const project = await fairlead.createProject("changes");
  const { body } = await fairlead.createCluster(project, { name: "changing", replicas: 1 });
  url = `/api/v2/projects/${project}/clusters/${body.id}`;
  // While the controllers write to it all the time.
  const early = await Promise.all(
    ["a", "b", "c"].map((label) => fairlead.call("PATCH", url, { labels: { [label]: "early" } })),
  );
  expect(early.map(({ status }) => status)).toEqual([200, 200, 200]);
  cluster = await fairlead.connect(project, body.id);
});
afterAll(async () => {
  await fairlead?.finish();
});

/** As the owner of the management API sees it, with kubectl. */
async function seenByKubectl(jsonPath: string): Promise<string> {
  const args = ["get", "cluster", cluster.id, "-o", `jsonpath=${jsonPath}`];
  return fairlead.tool("kubectl", args, fairlead.embedded.managementKubeconfig);
}

async function nodeNames(): Promise<string[]> {
  return (await cluster.kubectl("get", "nodes", "-o", "name")).split("\n").filter(Boolean).sort();
}

test("patches that were sent while the cluster came up are all there", async () => {
  expect(JSON.parse(await seenByKubectl("{.metadata.labels}"))).toMatchObject({ a: "early", b: "early", c: "early" });
});

test("the number of nodes follows REST and kubectl alike", async () => {
  const { name } = await waitFor(
    async () => (await fairlead.call<ApiNodeDeployment[]>("GET", `${url}/machinedeployments`)).body[0],
    { what: "the group of the first nodes", timeoutMs: 60_000 },
  );
  const group = `${url}/machinedeployments/${name}`;
  const scaled = await fairlead.call<ApiNodeDeployment>("PATCH", group, { spec: { replicas: 3 } });
  expect([scaled.status, scaled.body.spec.replicas]).toEqual([200, 3]);
  await waitFor(async () => (await nodeNames()).length === 3, { what: "three nodes", timeoutMs: 60_000 });
  await waitFor(async () => (await fairlead.call<ApiNodeDeployment>("GET", group)).body.status.readyReplicas === 3, {
    what: "three ready nodes",
    timeoutMs: 60_000,
    intervalMs: 500,
  });
  await cluster.kubectl("scale", "machinedeployment", name, "-n", "kube-system", "--replicas=1");
  await waitFor(async () => (await fairlead.call<ApiNode[]>("GET", `${group}/nodes`)).body.length === 1, {
    what: "one node",
    timeoutMs: 60_000,
    intervalMs: 500,
  });
});

test("a group of nodes comes and goes", async () => {
  const created = await fairlead.call<ApiNodeDeployment>("POST", `${url}/machinedeployments`, {
    name: "extra",
    spec: { replicas: 2, template: { labels: { disk: "ssd" } } },
  });
  expect(created.status).toBe(201);
  const extra = () => cluster.kubectl("get", "nodes", "-l", "disk=ssd", "-o", "name");
  await waitFor(async () => (await extra()).trim().split("\n").length === 2, { what: "two nodes", timeoutMs: 60_000 });
  expect((await fairlead.call("DELETE", `${url}/machinedeployments/extra`)).body).toEqual({});
  await waitFor(async () => (await extra()) === "", { what: "the nodes to be gone", timeoutMs: 60_000 });
});

test("no secret of an application's source is told to anybody, and no file is anybody else's", async () => {
  await using source = await startWebServer(() => undefined, { login: { username: "nobody", password: "nothing" } });
  const login = plantedSecret();
  const token = plantedSecret();
  const value = plantedSecret();
  const namespace = "kubermatic";
  const secret = (name: string, type: string, data: Record<string, string>) => ({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name, namespace, annotations: { "apps.kubermatic.k8c.io/secret-type": type } },
    stringData: data,
  });
  const definition = (name: string, from: object) => ({
    apiVersion: "apps.kubermatic.k8c.io/v1",
    kind: "ApplicationDefinition",
    metadata: { name },
    spec: { description: name, method: "helm", versions: [{ version: "1.0.0", template: { source: from } }] },
  });
  const key = (name: string, field: string) => ({ name, key: field });
  const credentials = { username: key("planted-helm", "user"), password: key("planted-helm", "password") };
  const helm = { url: source.url, chartName: "app", chartVersion: "1.0.0", credentials };
  const git = {
    remote: `${source.url}/charts`,
    ref: { branch: "main" },
    credentials: { method: "token", token: key("planted-git", "token") },
  };
  const allowed = { spec: { chartSources: { allowedAddresses: [new URL(source.url).host] } } };
  await fairlead.management.mergePatch(kubermaticConfigurationType, { name: "fairlead", namespace }, allowed);
  const items = [
    secret("planted-helm", "helm", { user: "planted", password: login }),
    secret("planted-git", "git", { token }),
  ];
  expect(await fairlead.kubectl(["apply", "-f", "-"], { apiVersion: "v1", kind: "List", items })).toMatchObject({
    ok: true,
  });
  const names = { "planted-helm": { helm }, "planted-git": { git } };
  for (const [name, from] of Object.entries(names)) {
    const applied = () => fairlead.kubectl(["apply", "-f", "-"], definition(name, from));
    // The webhook reads the configuration anew after a moment.
    await waitFor(async () => (await applied()).ok, { what: `definition ${name}`, timeoutMs: 60_000 });
    await cluster.client.create(applicationInstallationType, {
      metadata: { name, namespace: "default" },
      spec: {
        applicationRef: { name, version: "1.0.0" },
        namespace: { name: "planted", create: true },
        values: { password: value },
      },
    });
  }
  for (const name of Object.keys(names)) {
    await waitFor(
      async () => {
        const ref = { name, namespace: "default" };
        const { status } = await cluster.client.get(applicationInstallationType, ref);
        return status?.conditions?.ManifestsRetrieved?.reason === "DownloadSourceFailed";
      },
      { what: `${name} to be refused by its source`, timeoutMs: 120_000 },
    );
  }
  const planted = new Map([
    ["the login of a repository", login],
    ["the token of a git server", token],
  ]);
  expect(await leakedSecrets(fairlead, planted)).toEqual([]);
  // The scan finds what there is to be found.
  const ref = { name: "leak", namespace: "default" };
  await cluster.client.create(builtin.ConfigMap, { metadata: ref, data: { config: `password=${login}` } });
  expect(await leakedSecrets(fairlead, planted)).toEqual([
    `cluster ${cluster.id}: configmaps holds the login of a repository`,
  ]);
  // Values are shown to whoever may see the installation, and to nobody else.
  const answered = /^GET .*\/applicationinstallations/;
  const places = await leakedSecrets(fairlead, new Map([["a value", value]]));
  expect(places.filter((place) => !answered.test(place))).toEqual([]);
  // Of the test's own kubectl, which has its home there, are the caches below .kube.
  expect((await openFiles(fairlead.directory)).filter((file) => !file.includes(" .kube/"))).toEqual([]);
});

test("Konnectivity is switched, and kubectl sees it; a dry run before changes nothing", async () => {
  const patch = { spec: { clusterNetwork: { konnectivityEnabled: true } } };
  const konnectivity = () => seenByKubectl("{.spec.clusterNetwork.konnectivityEnabled}");
  const dry = await fairlead.call<ApiCluster>("PATCH", `${url}?dryRun=All`, patch);
  expect([dry.status, dry.body.spec.clusterNetwork?.konnectivityEnabled]).toEqual([200, true]);
  expect(await konnectivity()).toBe("false");
  expect((await fairlead.call("PATCH", url, patch)).status).toBe(200);
  expect(await konnectivity()).toBe("true");
});

test("what happened is told in events, and where things stand in conditions", async () => {
  const expected = [
    /^the cluster is created with Kubernetes 1\.\d+\.\d+, canal v3\.31, IPv4, proxy mode ipvs, pods 172\.25\.0\.0\/16/,
    /^Kubernetes 1\.\d+\.\d+ answers at https:/,
    /^canal v3\.31 is applied$/,
    /^add-ons? (.*, )?coredns(, .*)? (is|are) applied$/,
    /^Konnectivity changes from off to on$/,
  ];
  const missing = async () => {
    const { body } = await fairlead.call<ApiEvent[]>("GET", `${url}/events`);
    return expected.filter((text) => !body.some(({ message = "" }) => text.test(message))).map(String);
  };
  await expect.poll(missing, { timeout: 90_000, interval: 500 }).toEqual([]);
  const conditions = async () => (await fairlead.call<ApiCluster>("GET", url)).body.status.conditions;
  await expect
    .poll(conditions, { timeout: 90_000, interval: 500 })
    .toContainEqual(expect.objectContaining({ type: "SpecValid", status: "True", reason: "Valid" }));
});

test("what cannot be changed is refused, and the explanation says so too", async () => {
  const { body } = await fairlead.call<ApiClusterExplanation>("GET", `${url}/explain`);
  const explained = body.fields.find(({ field }) => field === "spec.clusterNetwork.proxyMode");
  expect(explained).toMatchObject({ value: "ipvs", limits: [{ unlockedBy: "unsafe-cni-migration", unlocked: false }] });
  const patch = { spec: { clusterNetwork: { proxyMode: "iptables" } } };
  expect((await fairlead.call("PATCH", url, patch)).status).toBe(400);
  expect(await seenByKubectl("{.spec.clusterNetwork.proxyMode}")).toBe("ipvs");
});
