import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { freePort } from "@fairlead/components";
import { builtin, KubeClient, waitFor } from "@fairlead/kube";
import { type Cluster, clusterNamespace, clusterType } from "@fairlead/resources";
import { afterAll, beforeAll, expect, test } from "vitest";
import { FairleadProcess, processesOf } from "./testing/fairlead-process.ts";
import { TestInstallation } from "./testing/test-installation.ts";

const clusterDirectory = (data: string, id: string) => join(data, "user-clusters", "clusters", id);

let installation: TestInstallation;
let project: string;

beforeAll(async () => {
  installation = await TestInstallation.start();
  project = await installation.createProject("interruptions");
});

afterAll(async () => {
  await installation?.finish();
});

/** A cluster of a chosen id, as `kubectl apply` would make it: without CNI and nodes, so that it is there soon. */
async function apply(id: string): Promise<void> {
  const annotations = { "kubermatic.io/initial-machinedeployment-request": '{"spec":{"replicas":0}}' };
  const cluster: Cluster = {
    metadata: { name: id, labels: { "project-id": project }, annotations },
    spec: {
      humanReadableName: id,
      version: "1.36.3",
      cloud: { dc: "local", bringyourown: {} },
      cniPlugin: { type: "none" },
    },
  };
  await installation.management.create(clusterType, cluster);
}

async function untilGone(id: string): Promise<void> {
  await waitFor(async () => (await installation.management.find(clusterType, { name: id })) === undefined, {
    what: `Cluster ${id} to be gone`,
    timeoutMs: 60_000,
  });
  // Of a Cluster that went without waiting the rest goes after it.
  const namespace = () => installation.management.find(builtin.Namespace, { name: clusterNamespace(id) });
  await expect.poll(namespace, { timeout: 30_000 }).toBeUndefined();
  const directory = clusterDirectory(installation.directory, id);
  await expect.poll(() => processesOf(`${directory}/`), { timeout: 30_000 }).toEqual([]);
  const left = () => stat(directory).catch((error: Error) => error.message);
  await expect.poll(left, { timeout: 30_000 }).toContain("ENOENT");
}

test("deleting cluster abc leaves nothing of it, and spares abcd", async () => {
  await apply("abc");
  await apply("abcd");
  const [, abcd] = [await installation.connect(project, "abc"), await installation.connect(project, "abcd")];
  await abcd.client.create(builtin.ConfigMap, { metadata: { name: "kept", namespace: "default" } });
  await installation.call("DELETE", `/api/v2/projects/${project}/clusters/abc`);
  await untilGone("abc");
  expect(await abcd.client.find(builtin.ConfigMap, { name: "kept", namespace: "default" })).toBeDefined();

  // The same id again finds nothing of the old one.
  const again = Date.now();
  await apply("abc");
  const { client } = await installation.connect(project, "abc");
  const { items } = await client.list(builtin.Namespace);
  // The API server notes whole seconds.
  expect(items.every(({ metadata }) => Date.parse(metadata.creationTimestamp ?? "") >= again - 1_000)).toBe(true);
});

test.each([0, 400, 1500, 3000])("a cluster that is deleted %d ms after its creation goes to the end", async (delay) => {
  const { body } = await installation.createCluster(project, { name: `short-${delay}` });
  await new Promise((resolve) => setTimeout(resolve, delay));
  const { status } = await installation.call("DELETE", `/api/v2/projects/${project}/clusters/${body.id}`);
  expect(status).toBe(200);
  await untilGone(body.id);
});

/** As a deletion does that had begun before there was a finalizer: the Cluster is gone, and nobody was waited for. */
async function takeFromEtcd(id: string): Promise<void> {
  const directory = join(installation.directory, "management");
  const { client } = JSON.parse(await readFile(join(directory, "etcd", "ports.json"), "utf8"));
  const pem = (name: string) => readFile(join(directory, "pki", name), "utf8");
  const [ca, cert, key] = await Promise.all([pem("etcd-ca.crt"), pem("etcd-client.crt"), pem("etcd-client.key")]);
  const path = Buffer.from(`/management/kubermatic.k8c.io/clusters/${id}`).toString("base64");
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    request(`https://127.0.0.1:${client}/v3/kv/deleterange`, { method: "POST", ca, cert, key }, resolve)
      .on("error", reject)
      .end(JSON.stringify({ key: path }));
  });
  expect([answer.statusCode, await json(answer)]).toEqual([200, expect.objectContaining({ deleted: "1" })]);
}

test("a Cluster that goes without waiting for Fairlead leaves nothing either", async () => {
  await apply("lost");
  await installation.connect(project, "lost");
  await takeFromEtcd("lost");
  await untilGone("lost");
});

test("whatever child is killed comes back, and the cluster with it", async () => {
  const { client } = await installation.connect(project, "abcd");
  const children = await processesOf(installation.directory);
  expect(children.length).toBeGreaterThanOrEqual(8);
  for (const pid of children) process.kill(pid, "SIGKILL");
  await waitFor(async () => (await processesOf(installation.directory)).length >= children.length, {
    what: "all children to run again",
    timeoutMs: 60_000,
  });
  const name = "after-the-crash";
  await waitFor(() => client.create(builtin.Namespace, { metadata: { name } }), { what: "the API", timeoutMs: 60_000 });
  await client.delete(builtin.Namespace, { name });
  await waitFor(async () => (await client.find(builtin.Namespace, { name })) === undefined, {
    what: "the controller manager to finish a namespace",
    timeoutMs: 60_000,
  });
  await installation.connect(project, "abcd");
  const { status } = await installation.createCluster(project, {
    name: "after",
    spec: { cniPlugin: { type: "none", version: "" } },
  });
  expect(status).toBe(201);
});

test("with a project go its clusters", async () => {
  expect((await installation.call("DELETE", `/api/v1/projects/${project}`)).status).toBe(200);
  await waitFor(async () => (await installation.call("GET", `/api/v1/projects/${project}`)).status === 404, {
    what: "the project to be gone",
    timeoutMs: 90_000,
  });
  expect((await installation.management.list(clusterType)).items).toEqual([]);
});

test("kill -9 between request and completion: the next start finishes the work, and does not disturb it later", async () => {
  const data = await mkdtemp(join(tmpdir(), "fairlead restart "));
  const port = await freePort();
  try {
    const id = await createAndKill(data, port);
    await using restarted = new FairleadProcess(data, port);
    await restarted.ready();
    const kubeconfig = await untilServed(data, port, id);
    const before = await fingerprint(kubeconfig);
    restarted.kill("SIGINT");
    expect((await restarted.exit()).code).toBe(0);
    expect(await processesOf(data)).toEqual([]);

    await using third = new FairleadProcess(data, port);
    await third.ready();
    await untilServed(data, port, id);
    expect(await fingerprint(kubeconfig)).toEqual(before);
  } finally {
    await rm(data, { recursive: true, force: true });
  }
});

async function createAndKill(data: string, port: number): Promise<string> {
  await using first = new FairleadProcess(data, port);
  await first.ready();
  const call = await caller(data, port);
  const { id: projectId } = (await call("POST", "/api/v1/projects", { name: "p" })) as { id: string };
  await waitFor(
    async () => ((await call("GET", `/api/v1/projects/${projectId}`)) as { status: string }).status === "Active",
    {
      what: "the project",
    },
  );
  const cluster = { name: "c", spec: { cloud: { dc: "local", bringyourown: {} }, version: "1.36.3" } };
  const { id } = (await call("POST", `/api/v2/projects/${projectId}/clusters`, { cluster })) as { id: string };
  first.kill("SIGKILL");
  await first.exit();
  return `${projectId}/clusters/${id}`;
}

async function caller(data: string, port: number) {
  const token = (await readFile(join(data, "admin-token"), "utf8")).trim();
  return async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body ? { "content-type": "application/json" } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.headers.get("content-type") === "application/json" ? response.json() : response.text();
  };
}

async function untilServed(data: string, port: number, cluster: string): Promise<string> {
  const call = await caller(data, port);
  await waitFor(
    async () => {
      const health = (await call("GET", `/api/v2/projects/${cluster}/health`)) as Record<string, string>;
      return Object.values(health).every((status) => status === "HealthStatusUp");
    },
    { what: "the cluster to be healthy", timeoutMs: 300_000, intervalMs: 500 },
  );
  // After a start the health is what it was before: the API server may still be coming back.
  const kubeconfig = await waitFor(
    async () => (await call("GET", `/api/v2/projects/${cluster}/kubeconfig`)) as string,
    { what: "the kubeconfig", timeoutMs: 120_000, intervalMs: 500 },
  );
  await using client = KubeClient.fromKubeconfig(kubeconfig);
  await waitFor(
    async () => {
      const [deployments, pods] = await Promise.all([
        client.list(builtin.Deployment, { namespace: "kube-system" }),
        client.list(builtin.Pod, { namespace: "kube-system" }),
      ]);
      const available = new Set(
        deployments.items.flatMap(({ metadata, spec, status }) =>
          status?.readyReplicas === (spec?.replicas ?? 1) ? [metadata.name] : [],
        ),
      );
      const complete = ["calico-kube-controllers", "coredns"].every((name) => available.has(name));
      return complete && pods.items.every((pod) => pod.status?.phase === "Running");
    },
    { what: "all system pods to run", timeoutMs: 300_000, intervalMs: 500 },
  );
  return kubeconfig;
}

/** Who each node and pod is, and how often its desired state changed. */
async function fingerprint(kubeconfig: string): Promise<unknown[]> {
  await using client = KubeClient.fromKubeconfig(kubeconfig);
  const lists = await Promise.all([
    client.list(builtin.Node),
    client.list(builtin.Pod),
    client.list(builtin.DaemonSet),
  ]);
  return lists.flatMap(({ items }) =>
    items.map(({ kind, metadata }) => [kind, metadata.name, metadata.uid, metadata.generation]),
  );
}
