// The manager with all its controllers and webhooks, as `fairlead manager` has them; control planes are the bench's.
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { resolveBinary, Supervisor } from "@fairlead/components";
import { LocalControlPlaneProvider, localWebhookPki } from "@fairlead/control-plane";
import { addonCharts, createManager } from "@fairlead/controllers";
import { ChartRenderer, HelmRunner, packageCharts } from "@fairlead/helm";
import { KubeClient } from "@fairlead/kube";
import type { Cluster } from "@fairlead/resources";
import { AuditLog, createServer, localAdminAuthenticator } from "@fairlead/server";
import { pino } from "pino";
import { Registry } from "prom-client";
import { shippedCharts } from "../../packages/cli/src/start/charts.ts";
import { startWebhooks } from "../../packages/cli/src/start/webhooks.ts";
import { answerParent } from "../answer-parent.ts";
import { cpuSeconds } from "../cpu-seconds.ts";
import { BenchProvider, type StandInAccess } from "./bench-provider.ts";
import { type Stall, stallSinceLast } from "./event-loop-delay.ts";
import { serviceAccountUser } from "./service-account.ts";

export interface ManagerSetup {
  /** Of the run. */
  directory: string;
  kubeconfig: string;
  standIn: StandInAccess;
  /** Whether clusters named `real-…` have real control planes. */
  real: boolean;
  /** The bearer token of the REST API. */
  token: string;
  /** Absent: user clusters are always watched. */
  sleepAfterMs?: number;
  /** Absent: it works on all clusters. */
  workerName?: string;
}

export type ToManager =
  | { ask: "start"; setup: ManagerSetup }
  | { ask: "usage" }
  | { ask: "memory" }
  | { ask: "idle" }
  | { ask: "resync" }
  | { ask: "prepare-real"; clusters: Cluster[] };

export interface Usage {
  cpuSeconds: number;
  rss: number;
  heapUsed: number;
  peakRss: number;
  /** Since the last question. */
  stall: Stall;
}

const registry = new Registry();
const stop = new AbortController();
let started: Promise<unknown> = Promise.resolve();
let stopped: Promise<void> = Promise.resolve();
let real: LocalControlPlaneProvider | undefined;
let realProcesses: Supervisor | undefined;
let resync: () => Promise<void> = async () => undefined;

answerParent(answer, end);

async function answer(message: ToManager): Promise<unknown> {
  switch (message.ask) {
    case "start":
      started = start(message.setup);
      return await started;
    case "usage":
      return usage();
    case "memory":
      return await memory();
    case "idle":
      return await isIdle();
    case "resync":
      return await resync();
    case "prepare-real":
      return await prepareReal(message.clusters);
  }
}

async function end(): Promise<void> {
  stop.abort();
  await started.catch(() => undefined);
  await stopped.catch(() => undefined);
  await real?.close().catch(() => undefined);
  await realProcesses?.stopAll();
}

async function start(setup: ManagerSetup): Promise<{ api: string }> {
  const { directory, kubeconfig, standIn } = setup;
  const { signal } = stop;
  const level = process.env.FAIRLEAD_BENCH_LOG ?? "fatal";
  const logger = pino({ level }, pino.destination({ dest: join(directory, "manager.log"), sync: false }));
  const management = KubeClient.fromKubeconfig(kubeconfig, { userAgent: "fairlead" });
  const pki = await localWebhookPki(join(directory, "webhook"));
  const audit = new AuditLog({ file: join(directory, "audit.jsonl") });
  const webhooks = await startWebhooks(management, { pki, ownUser: serviceAccountUser, audit, logger, signal });
  if (setup.real) {
    const supervisor = new Supervisor({ stateDirectory: join(directory, "real-processes"), logger });
    realProcesses = supervisor;
    await supervisor.cleanUpOrphans(); // of a manager that was killed
    real = await LocalControlPlaneProvider.start({
      directory: join(directory, "real"),
      supervisor,
      webhookAuthority: pki.authority,
      logger,
      signal,
    });
  }
  const cacheDirectory = join(directory, "helm");
  const runner = new HelmRunner({ helmBinary: await resolveBinary("helm"), cacheDirectory, logger });
  const packages = await packageCharts({
    runner,
    chartsDirectory: shippedCharts,
    cacheDirectory: join(directory, "charts"),
    signal,
  });
  const manager = createManager({
    management,
    provider: new BenchProvider(standIn, real),
    charts: addonCharts(packages, new ChartRenderer({ runner })),
    runner,
    webhooks: webhooks.userCluster,
    logger,
    registry,
    simulateNodes: false,
    ...(setup.sleepAfterMs === undefined ? {} : { sleepAfterMs: setup.sleepAfterMs }),
    ...(setup.workerName === undefined ? {} : { workerName: setup.workerName }),
  });
  resync = () => manager.resync();
  const api = createServer({
    managementClient: management,
    clusters: manager.clusters,
    userClusterClient: (id) => manager.userClusters.get(id)?.client,
    chartValues: manager.chartValues,
    authenticator: localAdminAuthenticator(setup.token),
    audit,
    rateLimits: { address: 1e9, identity: 1e9 },
    logger,
    version: "bench",
  });
  const url = await api.listen({ host: "127.0.0.1", port: 0 });
  stopped = manager.run(signal).then(async () => {
    await api.close();
    await webhooks.close();
    await management.close();
  });
  return { api: url };
}

function usage(): Usage {
  const { rss, heapUsed } = process.memoryUsage();
  return {
    cpuSeconds: cpuSeconds(),
    rss,
    heapUsed,
    peakRss: process.resourceUsage().maxRSS * 1024,
    stall: stallSinceLast(),
  };
}

export interface Memory {
  /** Bytes of all objects that are in use, with the buffers they hold. */
  live: number;
  /** Bytes that the system counts: also what the heap has spare, and what was freed and not given back. */
  rss: number;
}

/** Once it shrinks no more: time limits of calls that have long been answered keep them for another minute. */
async function memory(): Promise<Memory> {
  for (let before = Number.POSITIVE_INFINITY; ; ) {
    globalThis.gc?.();
    const { heapUsed, external, rss } = process.memoryUsage();
    const live = heapUsed + external;
    if (live > before * 0.998) return { live, rss };
    before = live;
    await sleep(15_000);
  }
}

/** Nothing waits in any queue, and nothing is worked on; what is to come later does not count. */
async function isIdle(): Promise<boolean> {
  for (const name of ["workqueue_depth", "controller_runtime_active_workers"]) {
    const { values = [] } = (await registry.getSingleMetric(name)?.get()) ?? {};
    if (values.some(({ value }) => value > 0)) return false;
  }
  return true;
}

async function prepareReal(clusters: Cluster[]): Promise<void> {
  const logger = pino({ level: "silent" });
  for (;;) {
    const seen = await Promise.all(
      clusters.map(async (cluster) => await real?.ensure(cluster, { signal: stop.signal, logger })),
    );
    if (seen.every((observation) => observation?.health.apiserver === "up")) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
