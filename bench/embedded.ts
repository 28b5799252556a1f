// How long a person waits: `fairlead start`, and a new cluster of each CNI, on real components that are built already.
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { freePort } from "@fairlead/components";
import { builtin, KubeClient, type KubeObject, type ResourceType, waitFor } from "@fairlead/kube";
import type { Figure } from "./fleet/report.ts";
import { optionsOf } from "./options.ts";
import { runBench } from "./run-bench.ts";

const goals = { start: 8, api: 10, cni: 15 };
const bin = fileURLToPath(new URL("../packages/cli/bin/fairlead.js", import.meta.url));

const directory = await mkdtemp(join(tmpdir(), "fairlead-bench-"));
const port = await freePort();
const { values } = parseArgs({ options: optionsOf("embedded") });
await runBench(values, async ({ report, signal }) => {
  try {
    await withFairlead(signal, async () => undefined); // Builds and packages what is missing, and creates the data.
    await withFairlead(signal, async (startSeconds) => {
      report.add(figure("fairlead start, ready", startSeconds, goals.start));
      const call = await caller();
      const { id: project } = await call<{ id: string }>("POST", "/api/v1/projects", { name: "bench" });
      await until(
        async () => (await call<{ status: string }>("GET", `/api/v1/projects/${project}`)).status === "Active",
        signal,
      );
      const path = `/api/v2/projects/${project}/clusters`;
      for (const [type, version] of [
        ["canal", "v3.31"],
        ["cilium", "1.19.4"],
      ] as const) {
        report.add(...(await measureCluster(call, { path, cniPlugin: { type, version }, signal })));
      }
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});

function figure(what: string, value: number, limit: number): Figure {
  return { what, value, unit: "s", limit };
}

type Call = <T>(method: string, path: string, body?: unknown) => Promise<T>;

async function measureCluster(
  call: Call,
  { path, cniPlugin, signal }: { path: string; cniPlugin: { type: string; version: string }; signal: AbortSignal },
): Promise<Figure[]> {
  const since = performance.now();
  const elapsed = () => (performance.now() - since) / 1000;
  const spec = { cloud: { dc: "local", bringyourown: {} }, version: "1.36.3", cniPlugin };
  const { id } = await call<{ id: string }>("POST", path, { cluster: { name: `bench-${cniPlugin.type}`, spec } });
  const kubeconfig = await until(() => call<string>("GET", `${path}/${id}/kubeconfig`), signal);
  await using client = KubeClient.fromKubeconfig(kubeconfig);
  await until(() => client.requestText({ method: "GET", path: "/readyz" }), signal);
  const api = elapsed();
  const daemonSet: ResourceType<KubeObject> = builtin.DaemonSet;
  await until(() => client.find(daemonSet, { name: cniPlugin.type, namespace: "kube-system" }), signal);
  const cni = elapsed();
  await until(async () => {
    const { items } = await client.list(builtin.Node);
    return (
      items.length === 2 &&
      items.every((node) => node.status?.conditions?.some((c) => c.type === "Ready" && c.status === "True"))
    );
  }, signal);
  const nodes = elapsed();
  const what = `${cniPlugin.type} ${cniPlugin.version}`;
  console.log(`${what}: both simulated nodes ready after ${nodes.toFixed(1)} s`);
  await call("DELETE", `${path}/${id}`);
  return [
    figure(`${what}: API of a new cluster ready`, api, goals.api),
    figure(`${what}: CNI applied`, cni, goals.cni),
  ];
}

async function withFairlead(signal: AbortSignal, work: (startSeconds: number) => Promise<void>): Promise<void> {
  signal.throwIfAborted();
  const since = performance.now();
  const child = spawn(process.execPath, [bin, "start", "--data", directory, "--port", `${port}`], {
    stdio: ["ignore", "pipe", "inherit"],
    detached: true, // A terminal's Ctrl-C would reach it, too: a second one ends it at once.
  });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  try {
    await new Promise<void>((resolve, reject) => {
      child.stdout.on("data", (chunk: Buffer) => {
        if (chunk.toString("utf8").includes("Fairlead is ready")) resolve();
      });
      void ended.then(() => reject(new Error("fairlead start ended")));
      signal.addEventListener("abort", () => reject(signal.reason));
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

function until<T>(probe: () => Promise<T>, signal: AbortSignal) {
  return waitFor(probe, { what: "what is measured", timeoutMs: 120_000, intervalMs: 50, signal });
}
