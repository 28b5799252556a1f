// How long a person waits: `fairlead start`, and a new cluster of each CNI, on real components that are built already.
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "@fairlead/components";
import { builtin, KubeClient, type KubeObject, type ResourceType } from "@fairlead/kube";

const goals = { start: 8, api: 10, cni: 15 };
const bin = fileURLToPath(new URL("../packages/cli/bin/fairlead.js", import.meta.url));

interface Row {
  what: string;
  seconds: number;
  goal: number;
}

const directory = await mkdtemp(join(tmpdir(), "fairlead-bench-"));
const port = await freePort();
const rows: Row[] = [];
try {
  await withFairlead(async () => undefined); // Builds and packages what is missing, and creates the data.
  await withFairlead(async (startSeconds) => {
    rows.push({ what: "fairlead start, ready", seconds: startSeconds, goal: goals.start });
    const call = await caller();
    const { id: project } = await call<{ id: string }>("POST", "/api/v1/projects", { name: "bench" });
    await until(async () => (await call<{ status: string }>("GET", `/api/v1/projects/${project}`)).status === "Active");
    for (const [cni, version] of [
      ["canal", "v3.31"],
      ["cilium", "1.19.4"],
    ] as const) {
      rows.push(...(await measureCluster(call, `/api/v2/projects/${project}/clusters`, { type: cni, version })));
    }
  });
} finally {
  await rm(directory, { recursive: true, force: true });
}
for (const { what, seconds, goal } of rows) {
  console.log(
    `${what.padEnd(44)} ${seconds.toFixed(1).padStart(6)} s   goal ${goal} s   ratio ${(seconds / goal).toFixed(2)}`,
  );
}
process.exitCode = rows.every(({ seconds, goal }) => seconds <= goal) ? 0 : 1;

type Call = <T>(method: string, path: string, body?: unknown) => Promise<T>;

async function measureCluster(call: Call, path: string, cniPlugin: { type: string; version: string }): Promise<Row[]> {
  const since = performance.now();
  const elapsed = () => (performance.now() - since) / 1000;
  const spec = { cloud: { dc: "local", bringyourown: {} }, version: "1.36.3", cniPlugin };
  const { id } = await call<{ id: string }>("POST", path, { cluster: { name: `bench-${cniPlugin.type}`, spec } });
  const kubeconfig = await until(() => call<string>("GET", `${path}/${id}/kubeconfig`).catch(() => undefined));
  await using client = KubeClient.fromKubeconfig(kubeconfig);
  await until(() => client.requestText({ method: "GET", path: "/readyz" }).catch(() => undefined));
  const api = elapsed();
  const daemonSet: ResourceType<KubeObject> = builtin.DaemonSet;
  await until(() => client.find(daemonSet, { name: cniPlugin.type, namespace: "kube-system" }).catch(() => undefined));
  const cni = elapsed();
  await until(async () => {
    const { items } = await client.list(builtin.Node);
    return (
      items.length === 2 &&
      items.every((node) => node.status?.conditions?.some((c) => c.type === "Ready" && c.status === "True"))
    );
  });
  const nodes = elapsed();
  const what = `${cniPlugin.type} ${cniPlugin.version}`;
  console.log(`${what}: both simulated nodes ready after ${nodes.toFixed(1)} s`);
  await call("DELETE", `${path}/${id}`);
  return [
    { what: `${what}: API of a new cluster ready`, seconds: api, goal: goals.api },
    { what: `${what}: CNI applied`, seconds: cni, goal: goals.cni },
  ];
}

async function withFairlead(work: (startSeconds: number) => Promise<void>): Promise<void> {
  const since = performance.now();
  const child = spawn(process.execPath, [bin, "start", "--data", directory, "--port", `${port}`], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  try {
    await new Promise<void>((resolve, reject) => {
      child.stdout.on("data", (chunk: Buffer) => {
        if (chunk.toString("utf8").includes("Fairlead is ready")) resolve();
      });
      void ended.then(() => reject(new Error("fairlead start ended")));
    });
    await work((performance.now() - since) / 1000);
  } finally {
    child.kill("SIGINT");
    await ended;
  }
}

async function caller(): Promise<Call> {
  const token = (await readFile(join(directory, "admin-token"), "utf8")).trim();
  return async <T>(method: string, path: string, body?: unknown) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body ? { "content-type": "application/json" } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (response.headers.get("content-type") === "application/json" ? JSON.parse(text) : text) as T;
  };
}

async function until<T>(probe: () => Promise<T | undefined>): Promise<NonNullable<T>> {
  const deadline = performance.now() + 120_000;
  for (;;) {
    const value = await probe();
    if (value) return value;
    if (performance.now() > deadline) throw new Error("timed out after 120 s");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
