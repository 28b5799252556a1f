// Fairlead's REST API beside the raw kube-apiserver, with many clients at once: `npm run bench -- api --clusters 1000 --clients 50`.
import { parseArgs } from "node:util";
import { builtin, forEachConcurrently, KubeClient } from "@fairlead/kube";
import { type ApiCluster, type Cluster, clusterType, projectLabel, projectType } from "@fairlead/resources";
import { measure, names, printRequests } from "./fleet/burst.ts";
import type { Figure, Report } from "./fleet/report.ts";
import { BenchWorld, benchCluster } from "./fleet/world.ts";
import { optionsOf } from "./options.ts";
import { runBench } from "./run-bench.ts";

const warmUp = 50;
const lists = 200;
const project = "bench";
const rawProject = "raw";
const createGoal = 1.5;

const { values } = parseArgs({ options: optionsOf("api") });
const clusters = Number(values.clusters);
const clients = Number(values.clients);

/** Milliseconds of each request. */
type Latencies = number[];
interface Measured {
  create: Latencies;
  get: Latencies;
  list: Latencies;
}

await runBench(values, async ({ report, signal }) => {
  console.log(
    `${clients} clients at once, ${clusters} clusters in a project; the manager's controllers are told to leave them to another worker`,
  );
  console.log(
    "raw: the same kube-apiserver and the same objects afterwards, without Fairlead's process and its webhooks",
  );
  await using world = await BenchWorld.start({ real: false, signal });
  await world.startManager(values["manager-arg"], { workerName: "another" });
  await world.client.create(projectType, { metadata: { name: project }, spec: { name: project } });
  // Its controller, too, is left to the other one.
  await world.client.mergePatchStatus(projectType, { name: project }, { status: { phase: "Active" } });
  const ours = await measureFairlead(world, report);
  const stored = (await world.client.list(clusterType)).items;
  await world.stopManager();
  const { MutatingWebhookConfiguration, ValidatingWebhookConfiguration } = builtin;
  for (const type of [MutatingWebhookConfiguration, ValidatingWebhookConfiguration]) {
    await world.client.delete(type, { name: "fairlead.dev" });
  }
  compare(report, ours, await measureRaw(world, stored));
});

async function measureFairlead(world: BenchWorld, report: Report): Promise<Measured> {
  await using client = new KubeClient({ server: world.api, token: world.token, maxConnections: clients });
  const path = `/api/v2/projects/${project}/clusters`;
  const ids: string[] = [];
  const create = async (name: string) => {
    const { spec } = benchCluster(name, { type: "canal", version: "v3.31" });
    const cluster = { name, spec };
    const text = await client.requestText({ method: "POST", path, body: { cluster } });
    ids.push((JSON.parse(text) as ApiCluster).id);
  };
  await timed(world, names("warm-up", warmUp), create);
  let latencies: Latencies = [];
  const cost = await measure(world, async () => {
    latencies = await timed(world, names("api", clusters - warmUp), create);
  });
  const perCluster = 1000 / (clusters - warmUp);
  report.add(
    { what: "api: CPU of the manager, a cluster created", value: cost.managerCpu * perCluster, unit: "ms" },
    { what: "api: CPU of the management API, a cluster created", value: cost.managementCpu * perCluster, unit: "ms" },
    { what: "api: longest event-loop stall while creating", value: cost.stall.max, unit: "ms" },
  );
  if (values.requests) printRequests(cost, clusters - warmUp);
  const read = (path: string) => client.requestText({ method: "GET", path });
  return {
    create: latencies,
    get: await timed(world, ids, (id) => read(`${path}/${id}`)),
    list: await timed(world, Array(lists).fill(path), read),
  };
}

async function measureRaw(world: BenchWorld, stored: readonly Cluster[]): Promise<Measured> {
  await using client = KubeClient.fromKubeconfig(world.management.adminKubeconfig, { maxConnections: clients });
  const path = `/apis/${clusterType.apiVersion}/${clusterType.plural}`;
  const copies = stored.map(({ apiVersion, kind, metadata: { name, annotations = {}, labels }, spec }) => ({
    apiVersion,
    kind,
    metadata: { name: `raw-${name}`, annotations, labels: { ...labels, [projectLabel]: rawProject } },
    spec,
  }));
  const create = (body: unknown) => client.requestText({ method: "POST", path, body });
  const read = (path: string) => client.requestText({ method: "GET", path });
  await timed(world, copies.splice(0, warmUp), create);
  const before = await world.managementCpu();
  const latencies = await timed(world, copies, create);
  const cpu = ((await world.managementCpu()) - before) / copies.length;
  console.log(`raw: CPU of the management API, a cluster created: ${(cpu * 1000).toFixed(1)} ms`);
  const query = new URLSearchParams({ labelSelector: `${projectLabel}=${rawProject}` });
  return {
    create: latencies,
    get: await timed(world, copies, ({ metadata }) => read(`${path}/${metadata.name}`)),
    list: await timed(world, Array(lists).fill(`${path}?${query.toString()}`), read),
  };
}

async function timed<T>(
  { signal }: BenchWorld,
  items: readonly T[],
  send: (item: T) => Promise<unknown>,
): Promise<Latencies> {
  const latencies: Latencies = [];
  await forEachConcurrently(items, clients, async (item) => {
    signal.throwIfAborted();
    const since = performance.now();
    await send(item);
    latencies.push(performance.now() - since);
  });
  return latencies;
}

function compare(report: Report, ours: Measured, raw: Measured): void {
  for (const what of ["create", "get", "list"] as const) {
    for (const share of [0.5, 0.99]) {
      const reference = { what: "raw", value: quantile(raw[what], share) };
      const goal = what === "create" && share === 0.5 ? { limit: createGoal * reference.value } : {};
      const figure: Figure = {
        what: `api: ${what}, p${share * 100}`,
        value: quantile(ours[what], share),
        unit: "ms",
        reference,
        ...goal,
      };
      report.add(figure);
    }
  }
}

function quantile(values: Latencies, share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
