import { builtin, defineResource, waitFor } from "@fairlead/kube";
import { addonType, type Cluster, clusterNamespace, clusterType } from "@fairlead/resources";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type TestCluster, TestInstallation } from "./testing/test-installation.ts";

const clients = ["konnectivity-agent", "metrics-server", "openvpn-client"];
const apiServiceType = defineResource({
  group: "apiregistration.k8s.io",
  version: "v1",
  kind: "APIService",
  plural: "apiservices",
  namespaced: false,
});

let installation: TestInstallation;
let project: string;
let openvpn: TestCluster;
let ebpf: TestCluster;

beforeAll(async () => {
  installation = await TestInstallation.start();
  project = await installation.createProject("tunnels");
  [openvpn, ebpf] = await Promise.all([
    create("openvpn", {}),
    create("ebpf", {
      cniPlugin: { type: "cilium", version: "1.13.8" },
      clusterNetwork: { konnectivityEnabled: true, proxyMode: "ebpf" },
    }),
  ]);
});
afterAll(async () => {
  await installation?.finish();
});

async function create(name: string, spec: Record<string, unknown>): Promise<TestCluster> {
  const { status, body } = await installation.createCluster(project, { name, spec });
  expect([status, body]).toEqual([201, expect.anything()]);
  return await installation.connect(project, body.id);
}

function stored({ id }: TestCluster): Promise<Cluster> {
  return installation.management.get(clusterType, { name: id });
}

/** Name of each client -> how many of its pods are Running. */
async function running({ client }: TestCluster): Promise<Record<string, number>> {
  const { items } = await client.list(builtin.Pod, { namespace: "kube-system" });
  const counts: Record<string, number> = {};
  for (const { metadata, status } of items) {
    const name = clients.find((candidate) => metadata.name?.startsWith(`${candidate}-`));
    if (name && status?.phase === "Running" && !metadata.deletionTimestamp) counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

async function settles(cluster: TestCluster, expected: Record<string, number>): Promise<void> {
  let counts: unknown;
  await waitFor(
    async () => {
      counts = await running(cluster);
      return (
        JSON.stringify(counts, Object.keys(expected)) === JSON.stringify(expected) &&
        Object.keys(counts as object).length === Object.keys(expected).length
      );
    },
    { what: `${JSON.stringify(expected)} to run`, timeoutMs: 150_000, intervalMs: 500 },
  ).catch((error: unknown) => {
    throw new Error(`there are ${JSON.stringify(counts)}`, { cause: error });
  });
}

async function condition(cluster: TestCluster, reason: string): Promise<string> {
  let last: unknown;
  return await waitFor(
    async () => {
      const ready = (await stored(cluster)).status?.conditions?.TunnelReady;
      last = ready;
      return ready?.reason === reason && (ready.message ?? "");
    },
    { what: `TunnelReady to be ${reason}`, timeoutMs: 150_000, intervalMs: 500 },
  ).catch(async (error: unknown) => {
    const found = { TunnelReady: last, pods: await running(cluster), nodes: await nodesOf(cluster) };
    throw new Error(`there is ${JSON.stringify(found)}`, { cause: error });
  });
}

async function nodesOf({ client }: TestCluster) {
  const { items } = await client.list(builtin.Node);
  return items.map(({ metadata, spec }) => [metadata.name, metadata.creationTimestamp, spec?.unschedulable ?? false]);
}

/**
 * Until no more pods are scheduled. A scheduler whose API server was restarted hears of new pods before it hears of nodes
 * that were cordoned: each list is followed by itself, and waits by itself before it is asked for again.
 */
async function cordon(cluster: TestCluster): Promise<void> {
  const { client } = cluster;
  await cluster.kubectl("cordon", "--selector=fairlead.dev/simulated=true");
  await waitFor(
    async () => {
      const metadata = { generateName: "probe-", namespace: "default" };
      const spec = { containers: [{ name: "probe", image: "probe" }] };
      const { metadata: probe } = await client.create(builtin.Pod, { metadata, spec });
      const ref = { name: probe.name ?? "", namespace: metadata.namespace };
      const conditions = await waitFor(async () => (await client.get(builtin.Pod, ref)).status?.conditions, {
        what: "the scheduler's answer",
        timeoutMs: 120_000,
      });
      await client.delete(builtin.Pod, ref, { gracePeriodSeconds: 0 });
      return conditions.some(({ type, status }) => type === "PodScheduled" && status === "False");
    },
    { what: "the scheduler to know of the cordoned node", timeoutMs: 120_000 },
  );
}

/** Until the cluster calls this tunnel up, and names no other. */
async function isUp(cluster: TestCluster, tunnel: "konnectivity" | "openvpn"): Promise<void> {
  await waitFor(
    async () => {
      const { konnectivity, openvpn } = (await stored(cluster)).status?.extendedHealth ?? {};
      const [health, other] = tunnel === "konnectivity" ? [konnectivity, openvpn] : [openvpn, konnectivity];
      return health === "HealthStatusUp" && other === undefined;
    },
    { what: `${tunnel} to be up`, timeoutMs: 150_000, intervalMs: 500 },
  );
}

function askFor({ id }: TestCluster, konnectivityEnabled: boolean) {
  return installation.call("PATCH", `/api/v2/projects/${project}/clusters/${id}`, {
    spec: { clusterNetwork: { konnectivityEnabled } },
  });
}

const withKonnectivity = { "konnectivity-agent": 2, "metrics-server": 2 };
const withOpenVpn = { "openvpn-client": 1 };

describe("a new cluster", () => {
  test("without Konnectivity has OpenVPN's client", async () => {
    await settles(openvpn, withOpenVpn);
    await isUp(openvpn, "openvpn");
  });

  test("with Konnectivity has two agents and two metrics-servers, and says that they are simulated", async () => {
    await settles(ebpf, withKonnectivity);
    await isUp(ebpf, "konnectivity");
    expect(await condition(ebpf, "Simulated")).toContain("simulated");
  });

  test("registers no metrics API that nobody serves, and namespaces go to the end", async () => {
    for (const { client } of [openvpn, ebpf]) {
      expect(await client.find(apiServiceType, { name: "v1beta1.metrics.k8s.io" })).toBeUndefined();
      const ref = { name: "short-lived" };
      await client.create(builtin.Namespace, { metadata: ref });
      await client.delete(builtin.Namespace, ref);
      await waitFor(async () => (await client.find(builtin.Namespace, ref)) === undefined, {
        what: "the end of the namespace",
        timeoutMs: 120_000,
      });
    }
  });
});

describe("switching", () => {
  test("to Konnectivity warns, and OpenVPN goes only when the agents are there", async () => {
    const pod = { metadata: { name: "before", namespace: "default" }, data: { kept: "yes" } };
    await openvpn.client.create(builtin.ConfigMap, pod);
    const { status, warnings } = await askFor(openvpn, true);
    expect(status).toBe(200);
    expect(warnings.join()).toContain("from OpenVPN to Konnectivity");
    await settles(openvpn, withKonnectivity);
    await condition(openvpn, "Simulated");
    await isUp(openvpn, "konnectivity");
    expect((await openvpn.client.get(builtin.ConfigMap, { name: "before", namespace: "default" })).data).toEqual({
      kept: "yes",
    });
  });

  test("waits for the new clients as long as it takes, and keeps the old ones until then", async () => {
    // Nothing new is scheduled: the pods of openvpn-client stay pending.
    await cordon(openvpn);
    const output = await installation.kubectl([
      "patch",
      "cluster",
      openvpn.id,
      "--type=merge",
      "--patch",
      JSON.stringify({ spec: { clusterNetwork: { konnectivityEnabled: false } } }),
    ]);
    expect(output.stderr).toContain("from Konnectivity to OpenVPN");
    const message = await condition(openvpn, "WaitingForClients");
    expect(message).toContain("Konnectivity is in use until then");
    const addons = await installation.management.list(addonType, { namespace: clusterNamespace(openvpn.id) });
    expect(addons.items.map(({ metadata }) => metadata.name)).toEqual(
      expect.arrayContaining(["konnectivity-agent", "openvpn-client"]),
    );
    expect(await running(openvpn)).toEqual(withKonnectivity);
  });

  test("goes on after Fairlead was ended in the middle of it", async () => {
    const { directory } = installation;
    await installation.stop();
    installation = await TestInstallation.start(directory);
    openvpn = await installation.connect(project, openvpn.id);
    expect(await condition(openvpn, "WaitingForClients")).toContain("waiting for openvpn-client");
    // The health of before is still told until the control plane is up again.
    await settles(openvpn, withKonnectivity);
    await openvpn.kubectl("uncordon", "--selector=fairlead.dev/simulated=true");
    await settles(openvpn, withOpenVpn);
    await condition(openvpn, "Simulated");
    await isUp(openvpn, "openvpn");
  });

  test("is refused while Cilium replaces kube-proxy", async () => {
    const { status, body } = await askFor(ebpf, false);
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toContain("spec.clusterNetwork.proxyMode");
    expect((await stored(ebpf)).spec.clusterNetwork?.konnectivityEnabled).toBe(true);
  });
});
