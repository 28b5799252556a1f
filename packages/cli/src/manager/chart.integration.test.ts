import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { resolveBinary } from "@fairlead/components";
import { HelmRunner } from "@fairlead/helm";
import { builtin, isEstablished, type KubeObject, waitFor } from "@fairlead/kube";
import {
  type Cluster,
  clusterType,
  crds,
  kubermaticConfigurationType,
  projectType,
  type Seed,
  seedType,
} from "@fairlead/resources";
import { startTestApiServer, TcpProxy, type TestApiServer } from "@fairlead/testkit";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { shippedCharts } from "../start/charts.ts";
import { ManagementCluster } from "./testing/management-cluster.ts";
import { PodProcess } from "./testing/pod-process.ts";

const namespace = "kubermatic";
const patiently = { timeoutMs: 120_000, intervalMs: 300 };
const chart = join(shippedCharts, "fairlead");
const reconciled = "ClusterControllerReconciledSuccessfully";

let management: ManagementCluster;
let helm: HelmRunner;
/** Stands for the Service of the webhooks. */
let webhooks: TcpProxy;
/** A second seed, behind a line that can be cut. */
let farSeed: TestApiServer;
let farLine: TcpProxy;
const replicas: PodProcess[] = [];

beforeAll(async () => {
  [management, farSeed] = await Promise.all([ManagementCluster.start(), startTestApiServer()]);
  helm = new HelmRunner({
    helmBinary: await resolveBinary("helm"),
    cacheDirectory: join(management.directory, "helm"),
    logger: pino({ level: "silent" }),
  });
  webhooks = await TcpProxy.to(0);
  farLine = await TcpProxy.to(Number(new URL(farSeed.url).port));
});

afterAll(async () => {
  await Promise.all(replicas.map((replica) => replica.stop("SIGKILL")));
  await webhooks?.[Symbol.asyncDispose]();
  await farLine?.[Symbol.asyncDispose]();
  await farSeed?.stop();
  await management?.[Symbol.asyncDispose]();
});

/** A release as an operator makes it. */
const release = () => ({ kubeconfig: { text: management.kubeconfig }, namespace, name: "fairlead" });
const values = () => ({
  webhook: { url: `https://127.0.0.1:${webhooks.port}` },
  tracing: { endpoint: "http://127.0.0.1:9" },
});
const deployOptions = {
  wait: "hookOnly",
  timeoutMs: 120_000,
  serverSide: true,
  rollbackOnFailure: false,
  createNamespace: true,
} as const;

/** The chart as an earlier version could have been: it knows no update windows, and has a lower number. */
async function previousChart(): Promise<string> {
  const copy = join(management.directory, "previous", "fairlead");
  await cp(chart, copy, { recursive: true });
  const chartFile = join(copy, "Chart.yaml");
  const text = await readFile(chartFile, "utf8");
  await writeFile(chartFile, text.replace(/^version: .*$/m, "version: 0.0.1"));
  const crdFile = join(copy, "files/crds/clusters.kubermatic.k8c.io.yaml");
  const definition = parse(await readFile(crdFile, "utf8"));
  delete definition.spec.versions[0].schema.openAPIV3Schema.properties.spec.properties.updateWindow;
  await writeFile(crdFile, stringify(definition));
  return copy;
}

async function startReplica(name: string): Promise<PodProcess> {
  const { client, server, directory } = management;
  const deployment = await client.get(builtin.Deployment, { name: "fairlead", namespace });
  const template = deployment.spec?.template;
  if (!template) throw new Error("the Deployment has no template");
  const replica = await PodProcess.start({ client, server, template, namespace, name, directory });
  replicas.push(replica);
  await waitFor(() => replica.hasEnded || replica.probe("/readyz"), { what: `${name} to be ready`, ...patiently });
  if (replica.hasEnded) throw new Error(`${name} ended:\n${await replica.log()}`);
  return replica;
}

async function leader(): Promise<PodProcess | undefined> {
  const lease = await management.client.find(builtin.Lease, { name: "fairlead", namespace });
  return replicas.find(({ name }) => name === lease?.spec?.holderIdentity);
}

async function createProject(name: string): Promise<void> {
  await management.client.create(projectType, { metadata: { name }, spec: { name } });
}

async function projectIsActive(name: string): Promise<boolean> {
  return (await management.client.get(projectType, { name })).status?.phase === "Active";
}

function cluster(name: string, dc: string): Cluster {
  return {
    metadata: { name, labels: { "project-id": "first" } },
    spec: {
      humanReadableName: name,
      version: "1.36.3",
      cloud: { dc, bringyourown: {} },
      exposeStrategy: "LoadBalancer",
      clusterNetwork: { konnectivityEnabled: true },
      componentsOverride: { etcd: { clusterSize: 1 } },
    },
  };
}

async function conditionOf(name: string) {
  return (await management.client.get(clusterType, { name })).status?.conditions?.[reconciled];
}

/** What a load-balancer controller does. */
async function giveAddress(name: string): Promise<void> {
  const ref = { name: "front-loadbalancer", namespace: `cluster-${name}` };
  await waitFor(() => management.client.find(builtin.Service, ref), {
    what: `the load balancer of ${name}`,
    ...patiently,
  });
  const status = { loadBalancer: { ingress: [{ ip: "127.0.0.1" }] } };
  await management.client.mergePatchStatus(builtin.Service, ref, { status });
}

async function seedIs(name: string, phase: string): Promise<boolean> {
  return (await management.client.get(seedType, { name, namespace })).status?.phase === phase;
}

describe("the chart", () => {
  test("is installed by helm, and two replicas run from its own arguments, files and rights", async () => {
    await helm.install(
      release(),
      { kind: "path", path: await previousChart() },
      { ...deployOptions, values: values() },
    );
    const { client } = management;
    const names = (await client.list(builtin.CustomResourceDefinition)).items.map(({ metadata }) => metadata.name);
    expect(names).toEqual(expect.arrayContaining(crds().map(({ metadata }) => metadata.name)));
    // As `kubectl wait --for=condition=Established` does: helm does not wait for it by itself.
    await waitFor(async () => (await client.list(builtin.CustomResourceDefinition)).items.every(isEstablished), {
      what: "the definitions to be established",
      ...patiently,
    });
    await client.create(kubermaticConfigurationType, {
      metadata: { name: "fairlead", namespace },
      spec: { versions: { default: "1.36.3", versions: ["1.36.3"] } },
    });
    const near: Seed = {
      metadata: { name: "near", namespace },
      spec: { datacenters: { here: { spec: { bringyourown: {} } } } },
    };
    await client.create(seedType, near);
    const [first] = await Promise.all([startReplica("fairlead-a"), startReplica("fairlead-b")]);
    webhooks.leadTo(first.ports.webhook ?? 0);
    await waitFor(() => leader(), { what: "a leader", ...patiently });
    await createProject("first");
    await waitFor(() => projectIsActive("first"), { what: "the project to be active", ...patiently });
    await waitFor(() => seedIs("near", "Healthy"), { what: "the seed to be healthy", ...patiently });
  });

  test("every replica answers by REST and shows metrics", async () => {
    const secret = await management.client.get(builtin.Secret, { name: "fairlead-admin-token", namespace });
    const token = Buffer.from(secret.data?.token ?? "", "base64").toString("utf8");
    for (const { ports, name } of replicas) {
      const headers = { authorization: `Bearer ${token}` };
      const response = await fetch(`http://127.0.0.1:${ports.api}/api/v1/projects`, { headers });
      expect(await response.json(), name).toMatchObject([{ id: "first" }]);
      const metrics = await fetch(`http://127.0.0.1:${ports.metrics}/metrics`);
      expect(await metrics.text(), name).toContain("controller_runtime_");
    }
  });

  test("its webhooks judge, and a cluster that they accept gets its control plane in the seed", async () => {
    const wrong = cluster("wrong", "here");
    wrong.spec.clusterNetwork = { pods: { cidrBlocks: ["172.25.0.1/16"] } };
    await expect(management.client.create(clusterType, wrong)).rejects.toThrow("admission webhook");
    await management.client.create(clusterType, cluster("near", "here"));
    await giveAddress("near");
    await waitFor(async () => (await conditionOf("near"))?.message?.includes("cannot reach its API server"), {
      what: "the control plane, whose pods are simulated and serve nobody",
      ...patiently,
    });
    await waitFor(
      async () => {
        const { status } = await management.client.get(clusterType, { name: "near" });
        const { etcd, scheduler, controller } = status?.extendedHealth ?? {};
        return [etcd, scheduler, controller].every((health) => health === "HealthStatusUp");
      },
      { what: "what runs beside the API server to be up", ...patiently },
    );
    const { items } = await management.client.list(builtin.Deployment, { namespace: "cluster-near" });
    const names = new Set(items.map(({ metadata }) => metadata.name));
    expect(names).toEqual(new Set(["apiserver", "controller-manager", "scheduler"]));
    const { status } = await management.client.get(clusterType, { name: "near" });
    expect(status?.address?.url).toBe("https://127.0.0.1:6443");
  });

  test("when the leader is killed, the other one takes over within the lease", async () => {
    const killed = await leader();
    const other = replicas.find((replica) => replica !== killed);
    await killed?.stop("SIGKILL");
    webhooks.leadTo(other?.ports.webhook ?? 0);
    await waitFor(async () => (await leader()) === other, { what: `${other?.name} to lead`, ...patiently });
    await createProject("second");
    await waitFor(() => projectIsActive("second"), { what: "the new leader to work", ...patiently });
  });

  test("is upgraded with clusters present: definitions too, and nothing of a control plane is written", async () => {
    const versions = async () => {
      const found = await Promise.all(
        ([builtin.Deployment, builtin.StatefulSet, builtin.Secret, builtin.Service] as const).map((type) =>
          management.client.list<KubeObject>(type, { namespace: "cluster-near" }),
        ),
      );
      return found.flatMap(({ items }) => items.map(({ metadata }) => `${metadata.name} ${metadata.generation ?? ""}`));
    };
    // As CHANGELOG.md says of this version under "Writes to user clusters".
    const before = await versions();
    const old = replicas.find(({ hasEnded }) => !hasEnded);
    const path = { kind: "path", path: chart } as const;
    await helm.upgrade(release(), path, { ...deployOptions, values: values(), historyMax: 5 });
    const fresh = await startReplica("fairlead-c");
    webhooks.leadTo(fresh.ports.webhook ?? 0);
    await old?.stop("SIGTERM");
    await waitFor(async () => (await leader()) === fresh, { what: "the new version to lead", ...patiently });
    const updateWindow = { start: "Mon 21:00", length: "1h" };
    const changed = await management.client.mergePatch(clusterType, { name: "near" }, { spec: { updateWindow } });
    expect(changed.spec.updateWindow).toEqual(updateWindow);
    await createProject("third");
    await waitFor(() => projectIsActive("third"), { what: "the new version to work", ...patiently });
    expect(await versions()).toEqual(before);
  });
});

describe("several seeds", () => {
  test("one that is out of reach blocks its own clusters only, and shows as such", async () => {
    const { client } = management;
    const kubeconfig = farSeed.kubeconfig().replaceAll(farSeed.url, `https://127.0.0.1:${farLine.port}`);
    const data = { kubeconfig: Buffer.from(kubeconfig).toString("base64") };
    await client.create(builtin.Secret, { metadata: { name: "far", namespace }, data });
    await client.create<Seed>(seedType, {
      metadata: { name: "far", namespace },
      spec: { kubeconfig: { name: "far" }, datacenters: { there: { spec: { bringyourown: {} } } } },
    });
    await waitFor(() => seedIs("far", "Healthy"), { what: "the far seed to be healthy", ...patiently });
    const far = farSeed.client();
    // The webhooks' view of Seeds is up to a second old: until then they know no such datacenter.
    await waitFor(() => client.create(clusterType, cluster("far", "there")), {
      what: "the webhooks to know the far seed's datacenter",
      ...patiently,
    });
    await waitFor(() => far.find(builtin.Service, { name: "front-loadbalancer", namespace: "cluster-far" }), {
      what: "the far cluster's control plane to be begun in its own seed",
      ...patiently,
    });
    expect(await client.find(builtin.Service, { name: "etcd", namespace: "cluster-far" })).toBeUndefined();

    farLine.cut();
    await waitFor(() => seedIs("far", "Unhealthy"), { what: "the far seed to be unhealthy", ...patiently });
    await waitFor(async () => (await conditionOf("far"))?.reason === "SeedUnavailable", {
      what: "the far cluster to say so",
      ...patiently,
    });
    expect((await conditionOf("far"))?.message).toContain("Seed far cannot be reached");
    await client.create(clusterType, cluster("also-near", "here"));
    await giveAddress("also-near");
    await waitFor(() => client.find(builtin.StatefulSet, { name: "etcd", namespace: "cluster-also-near" }), {
      what: "a cluster of the other seed to be created meanwhile",
      ...patiently,
    });
    expect(await seedIs("near", "Healthy")).toBe(true);

    farLine.restore();
    await waitFor(() => seedIs("far", "Healthy"), { what: "the far seed to be healthy again", ...patiently });
    await waitFor(async () => (await conditionOf("far"))?.reason !== "SeedUnavailable", {
      what: "the far cluster to go on",
      ...patiently,
    });
  });

  test("a Seed whose kubeconfig is not there is invalid, and says what is missing", async () => {
    await management.client.create<Seed>(seedType, {
      metadata: { name: "missing", namespace },
      spec: { kubeconfig: { name: "nowhere" }, datacenters: {} },
    });
    await waitFor(() => seedIs("missing", "Invalid"), { what: "the seed to be invalid", ...patiently });
    const { status } = await management.client.get(seedType, { name: "missing", namespace });
    expect(status?.conditions?.KubeconfigValid?.message).toContain("there is no Secret kubermatic/nowhere");
  });

  test("a deleted cluster leaves nothing in its seed", async () => {
    await management.client.delete(clusterType, { name: "near" });
    await waitFor(async () => !(await management.client.find(clusterType, { name: "near" })), {
      what: "the cluster to be gone",
      ...patiently,
    });
    expect(await management.client.find(builtin.Namespace, { name: "cluster-near" })).toBeUndefined();
  });
});
