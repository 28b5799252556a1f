import { forEachConcurrently } from "@fairlead/kube";
import { type Cluster, clusterType } from "@fairlead/resources";
import type { Stall } from "./event-loop-delay.ts";
import { FleetFollower } from "./follow.ts";
import { managementRequests } from "./management-requests.ts";
import { rawStore } from "./raw-store.ts";
import type { Report } from "./report.ts";
import { type BenchWorld, benchCluster } from "./world.ts";

export interface PartOptions {
  clusters: number;
  report: Report;
  /** Whether to print what was asked of user clusters and of the management API, by verb and kind. */
  requests: boolean;
  cni?: Cni;
}

export type Cni = NonNullable<Cluster["spec"]["cniPlugin"]>;

const creatorsAtOnce = 16;
const timeoutMs = 2 * 3_600_000;
const progressMs = 30_000;
export const canal = { type: "canal", version: "v3.31" } as const;

/** Creates all clusters at once, and waits until each is reconciled. */
export async function burst(world: BenchWorld, { clusters, report, requests, cni }: PartOptions): Promise<void> {
  const follower = new FleetFollower(world.client, world.signal);
  await follower.synced();
  const before = follower.reconciled; // Counted before: the first are reconciled before the last is created.
  const cost = await measure(world, async () => {
    const progress = showProgress(() => follower.reconciled - before, clusters);
    try {
      await createClusters(world, names("c", clusters), cni);
      await follower.until(before + clusters, timeoutMs);
    } finally {
      clearInterval(progress);
    }
  });
  follower.stop();
  const raw = await rawStore(world, { clusters: Math.min(clusters, 1_000), of: names("c", clusters)[0] ?? "" });
  const rawSeconds = (raw.seconds / raw.clusters) * clusters;
  report.add(
    {
      what: `burst: ${clusters} clusters reconciled`,
      value: cost.seconds,
      unit: "s",
      limit: clusters <= 1_000 ? 60 : (clusters / 10_000) * 720,
      reference: { what: "raw kube-apiserver storing the same objects", value: rawSeconds },
    },
    { what: "burst: objects of a cluster", value: raw.objects, unit: "objects" },
    { what: "burst: time for each object", value: (cost.seconds / clusters / raw.objects) * 1000, unit: "ms" },
    ...costFigures("burst", cost, clusters),
  );
  if (requests) printRequests(cost, clusters);
}

/** A line every half minute, with the rate of that half minute. */
function showProgress(reconciled: () => number, clusters: number): NodeJS.Timeout {
  const since = performance.now();
  let last = 0;
  return setInterval(() => {
    const done = reconciled();
    const rate = ((done - last) * 1000) / progressMs;
    last = done;
    const seconds = Math.round((performance.now() - since) / 1000);
    console.log(`  ${done} of ${clusters} clusters reconciled after ${seconds} s, ${rate.toFixed(1)} a second`);
  }, progressMs);
}

export function names(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${String(index).padStart(5, "0")}`);
}

export async function createClusters(world: BenchWorld, ids: readonly string[], cni: Cni = canal): Promise<void> {
  await forEachConcurrently(ids, creatorsAtOnce, async (id) => {
    world.signal.throwIfAborted();
    await world.client.create(clusterType, benchCluster(id, cni));
  });
}

export interface Cost {
  seconds: number;
  managerCpu: number;
  managementCpu: number;
  standInCpu: number;
  requests: number;
  writes: number;
  bytes: number;
  rss: number;
  peakRss: number;
  stall: Stall;
  /** Of a process that does nothing. */
  bystander: Stall;
  asked: Record<string, number>;
}

/** What the work costs, in all processes. */
export async function measure(world: BenchWorld, work: () => Promise<void>): Promise<Cost> {
  const before = await snapshot(world);
  const since = performance.now();
  await work();
  const seconds = (performance.now() - since) / 1000;
  const after = await snapshot(world);
  return {
    seconds,
    managerCpu: after.usage.cpuSeconds - before.usage.cpuSeconds,
    managementCpu: after.managementCpu - before.managementCpu,
    standInCpu: after.counts.cpuSeconds - before.counts.cpuSeconds,
    requests: after.counts.requests - before.counts.requests,
    writes: after.counts.writes - before.counts.writes,
    bytes: after.counts.bytesIn + after.counts.bytesOut - before.counts.bytesIn - before.counts.bytesOut,
    rss: after.usage.rss,
    peakRss: after.usage.peakRss,
    stall: after.usage.stall,
    bystander: after.bystander,
    asked: difference(before.asked, after.asked),
  };
}

async function snapshot(world: BenchWorld) {
  const [usage, counts, managementCpu, management, bystander] = await Promise.all([
    world.usage(),
    world.counts(),
    world.managementCpu(),
    managementRequests(world.client),
    world.bystanderStall(),
  ]);
  return { usage, counts, managementCpu, bystander, asked: { ...counts.byKind, ...management } };
}

function difference(before: Record<string, number>, after: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(after).map(([key, count]) => [key, count - (before[key] ?? 0)]));
}

export function printRequests({ asked }: Cost, clusters: number): void {
  const most = Object.entries(asked).filter(([, count]) => count > clusters / 10);
  for (const [key, count] of most.sort(([, a], [, b]) => b - a))
    console.log(`  ${(count / clusters).toFixed(2).padStart(8)} ${key}`);
}

const mebibyte = 2 ** 20;

export function costFigures(part: string, cost: Cost, clusters: number) {
  return [
    { what: `${part}: requests to a user cluster`, value: cost.requests / clusters, unit: "requests" },
    { what: `${part}: bytes to and from a user cluster`, value: cost.bytes / clusters / 1000, unit: "kB" },
    { what: `${part}: CPU of the manager, a cluster`, value: (cost.managerCpu / clusters) * 1000, unit: "ms" },
    {
      what: `${part}: CPU of the management API, a cluster`,
      value: (cost.managementCpu / clusters) * 1000,
      unit: "ms",
    },
    { what: `${part}: CPU of the stand-in, a cluster`, value: (cost.standInCpu / clusters) * 1000, unit: "ms" },
    { what: `${part}: peak RSS of the manager`, value: cost.peakRss / mebibyte, unit: "MiB", limit: 1024 },
    ...stallFigures(part, cost),
  ];
}

function stallFigures(part: string, { stall, bystander }: Cost) {
  const figure = (what: string, of: "max" | "p99") => ({
    what: `${part}: ${what}`,
    value: stall[of],
    unit: "ms",
    reference: { what: "a process that does nothing", value: bystander[of] },
  });
  return [
    { ...figure("longest event-loop stall", "max"), limit: 50 },
    { what: `${part}: longest work of the event loop in one go, CPU`, value: stall.work, unit: "ms" },
    figure("event-loop delay, p99", "p99"),
  ];
}
