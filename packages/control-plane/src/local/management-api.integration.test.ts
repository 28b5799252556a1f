import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Supervisor } from "@fairlead/components";
import { builtin, KubeClient, waitFor } from "@fairlead/kube";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readPki, writePki } from "../pki/directory.ts";
import { dayMs, endingAt } from "../pki/pki.fixture.ts";
import { requirePair } from "../pki/pki.ts";
import { serveEnding, untilServed } from "./harness.fixture.ts";
import { type ManagementApi, startManagementApi } from "./management-api.ts";
import { localWebhookPki } from "./webhook-pki.ts";

const logger = pino({ level: "silent" });
let directory: string;
let supervisor: Supervisor;
let api: ManagementApi;

async function start(): Promise<void> {
  supervisor = new Supervisor({ stateDirectory: join(directory, "processes"), logger });
  const { authority } = await localWebhookPki(join(directory, "webhook"));
  api = await startManagementApi({
    directory: join(directory, "management"),
    supervisor,
    webhookAuthority: authority,
  });
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "fairlead management "));
  await start();
});
afterAll(async () => {
  await supervisor.stopAll();
  await rm(directory, { recursive: true, force: true });
});

test("a namespace with content is deleted to the end, with the admin kubeconfig from disk", async () => {
  await using client = KubeClient.fromKubeconfig(await readFile(api.adminKubeconfigPath, "utf8"));
  const namespace = { name: "cluster-abc" };
  await client.create(builtin.Namespace, { metadata: namespace });
  await client.create(builtin.ConfigMap, { metadata: { name: "c", namespace: "cluster-abc" }, data: { a: "b" } });
  await client.delete(builtin.Namespace, namespace);
  await waitFor(async (signal) => (await client.find(builtin.Namespace, namespace, { signal })) === undefined, {
    what: "the end of the namespace",
  });
});

test("objects that lost their owner are collected", async () => {
  await using client = KubeClient.fromKubeconfig(api.managerKubeconfig);
  const owner = await client.create(builtin.ConfigMap, { metadata: { name: "owner", namespace: "default" } });
  const { uid = "" } = owner.metadata;
  const owned = { name: "owned", namespace: "default" };
  const ownerReferences = [{ apiVersion: "v1", kind: "ConfigMap", name: "owner", uid }];
  await client.create(builtin.ConfigMap, { metadata: { ...owned, ownerReferences } });
  await client.delete(builtin.ConfigMap, { name: "owner", namespace: "default" });
  await waitFor(async (signal) => (await client.find(builtin.ConfigMap, owned, { signal })) === undefined, {
    what: "the collection of the owned object",
  });
});

test("kube-controller-manager begins anew when its API server does", async () => {
  const pid = (name: string) => supervisor.get(`management/${name}`)?.pid;
  const before = pid("kube-controller-manager");
  process.kill(pid("kube-apiserver") ?? 0, "SIGKILL");
  await waitFor(() => ![undefined, before].includes(pid("kube-controller-manager")), {
    what: "another kube-controller-manager",
    timeoutMs: 60_000,
  });
});

test("certificates at their end are renewed while the API serves", { timeout: 420_000 }, async () => {
  await using client = KubeClient.fromKubeconfig(api.managerKubeconfig);
  const paths = ["management/etcd/pki", "management/pki"].map((path) => join(directory, path));
  const [etcdPki, pki] = await Promise.all(paths.map(readPki));
  const authorities = [requirePair(etcdPki ?? {}, "ca"), (await localWebhookPki(join(directory, "webhook"))).authority];
  const port = Number(new URL(api.url).port);
  const end = await serveEnding(port, async (date) => {
    await writePki(paths[0] ?? "", await endingAt(etcdPki ?? {}, date));
    await writePki(paths[1] ?? "", await endingAt(pki ?? {}, date, authorities));
  });
  const running = () => supervisor.list().map(({ name, pid }) => `${name} ${name.includes("manager") ? "" : pid}`);
  const before = running();

  const failures: unknown[] = [];
  const stop = new AbortController();
  const calling = (async () => {
    while (!stop.signal.aborted) await client.list(builtin.Namespace).catch((error) => failures.push(error));
  })();
  await api.renew(stop.signal);
  client.renew(api.managerKubeconfig);
  await untilServed(port, (until) => until > Date.now() + 300 * dayMs);
  await waitFor(() => Date.now() > end + 1_000, { what: "the end of the old certificates", timeoutMs: 240_000 });
  const etcd = supervisor.get("etcd/management")?.pid ?? 0;
  stop.abort();
  await calling;
  expect(failures).toEqual([]);
  expect(running()).toEqual(before);
  // Connections to etcd that have to be made anew show renewed certificates on both sides.
  process.kill(etcd, "SIGKILL");
  const metadata = { name: "after-renewal", namespace: "default" };
  await waitFor(() => client.create(builtin.ConfigMap, { metadata }).catch(() => false), {
    what: "a write after the renewal",
  });
});

test("after a stop nothing runs; the next start has the same address, credentials and data", async () => {
  const before = { url: api.url, admin: api.adminKubeconfig };
  await using first = KubeClient.fromKubeconfig(api.managerKubeconfig);
  await first.create(builtin.ConfigMap, { metadata: { name: "kept", namespace: "default" }, data: { a: "b" } });
  await api.stop();
  expect(supervisor.list()).toEqual([]);
  await start();
  expect({ url: api.url, admin: api.adminKubeconfig }).toEqual(before);
  await using second = KubeClient.fromKubeconfig(api.adminKubeconfig);
  expect((await second.get(builtin.ConfigMap, { name: "kept", namespace: "default" })).data).toEqual({ a: "b" });
});
