// Fairlead's REST API beside a bare one and the raw kube-apiserver, with many clients at once: `npm run bench -- api --clusters 1000 --clients 50`.
import { parseArgs } from "node:util";
import { builtin, forEachConcurrently, KubeClient } from "@fairlead/kube";
import { type ApiCluster, type Cluster, clusterType, projectLabel, projectType } from "@fairlead/resources";
import { BareApi } from "./api/bare.ts";
import { measure, names, printRequests } from "./fleet/burst.ts";
import type { Figure, Report } from "./fleet/report.ts";
import { BenchWorld, benchCluster } from "./fleet/world.ts";
import { optionsOf } from "./options.ts";
import { runBench } from "./run-bench.ts";

const warmUp = 50;
const lists = 200;
const project = "bench";
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
    "bare: a REST API that only passes the same objects on to the same kube-apiserver, which asks a webhook that allows everything",
  );
  console.log("raw: that kube-apiserver without either");
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
  const bare = await measureBare(world, { stored, report });
  const raw = await measureRaw(world, { stored, report });
  compare(report, ours, raw);
  const reference = { what: "raw", value: quantile(raw.create, 0.5) };
  report.add({ what: "api: create, p50, bare", value: quantile(bare, 0.5), unit: "ms", reference });
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

/** Creations only: what no REST API with a webhook in Node.js can be below. */
async function measureBare(world: BenchWorld, { stored, report }: Stored): Promise<Latencies> {
  await using bare = await BareApi.start(world, { clients });
  const copies = copiesOf(stored, "bare");
  await timed(world, copies.splice(0, warmUp), (copy) => bare.create(copy));
  const cpuBefore = await bare.cpuSeconds();
  const { latencies, cpu } = await withManagementCpu(world, () => timed(world, copies, (copy) => bare.create(copy)));
  const perCopy = 1000 / copies.length;
  const ofBare = ((await bare.cpuSeconds()) - cpuBefore) * perCopy;
  report.add(
    { what: "api: CPU of the bare API and webhook, a cluster created", value: ofBare, unit: "ms" },
    { what: "api: CPU of the management API, bare", value: cpu * perCopy, unit: "ms" },
  );
  return latencies;
}

async function measureRaw(world: BenchWorld, { stored, report }: Stored): Promise<Measured> {
  await using client = KubeClient.fromKubeconfig(world.management.adminKubeconfig, { maxConnections: clients });
  const path = `/apis/${clusterType.apiVersion}/${clusterType.plural}`;
  const copies = copiesOf(stored, "raw");
  const create = (body: unknown) => client.requestText({ method: "POST", path, body });
  const read = (path: string) => client.requestText({ method: "GET", path });
  await timed(world, copies.splice(0, warmUp), create);
  const { latencies, cpu } = await withManagementCpu(world, () => timed(world, copies, create));
  report.add({ what: "api: CPU of the management API, raw", value: (cpu / copies.length) * 1000, unit: "ms" });
  const query = new URLSearchParams({ labelSelector: `${projectLabel}=raw` });
  return {
    create: latencies,
    get: await timed(world, copies, ({ metadata }) => read(`${path}/${metadata.name}`)),
    list: await timed(world, Array(lists).fill(`${path}?${query.toString()}`), read),
  };
}

interface Stored {
  /** What Fairlead has stored. */
  stored: readonly Cluster[];
  report: Report;
}

/** In a project named like the prefix of their names. */
function copiesOf(stored: readonly Cluster[], prefix: string): Cluster[] {
  return stored.map(({ apiVersion = "", kind = "", metadata: { name, annotations = {}, labels }, spec }) => ({
    apiVersion,
    kind,
    metadata: { name: `${prefix}-${name}`, annotations, labels: { ...labels, [projectLabel]: prefix } },
    spec,
  }));
}

async function withManagementCpu(world: BenchWorld, work: () => Promise<Latencies>) {
  const before = await world.managementCpu();
  const latencies = await work();
  return { latencies, cpu: (await world.managementCpu()) - before };
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
