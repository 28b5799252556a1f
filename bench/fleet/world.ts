import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kubernetesVersions, Supervisor } from "@fairlead/components";
import { localWebhookPki, type ManagementApi, startManagementApi } from "@fairlead/control-plane";
import { KubeClient, waitFor } from "@fairlead/kube";
import { compareVersions } from "@fairlead/network";
import { type Cluster, projectLabel, projectType } from "@fairlead/resources";
import { TestAuthority } from "@fairlead/testkit";
import { pino } from "pino";
import { install } from "../../packages/cli/src/start/install.ts";
import { recordDiscovery } from "../stand-in/discovery.ts";
import type { Fault } from "../stand-in/faults.ts";
import type { ToStandIn } from "../stand-in/process.ts";
import type { StandInCounts } from "../stand-in/server.ts";
import type { StandInAccess } from "./bench-provider.ts";
import type { ToBystander } from "./bystander.ts";
import { Child } from "./child.ts";
import type { Stall } from "./event-loop-delay.ts";
import type { ManagerSetup, Memory, ToManager, Usage } from "./manager-process.ts";
import { cpuOfChildren } from "./processes.ts";
import { createServiceAccount } from "./service-account.ts";

const stepTimeoutMs = 3_600_000;

/** What Node.js allows itself in a container of 2 GiB, the chart's limit: with all of this machine's memory it would collect garbage later. */
const heapOfContainer = ["--max-old-space-size=1024", "--max-semi-space-size=32"];

const benchProject = "bench";
const newestKubernetes = kubernetesVersions().sort(compareVersions).at(-1) ?? "";

/** Real management etcd and kube-apiserver, the stand-in for user clusters, and the manager: each a process. */
export class BenchWorld implements AsyncDisposable {
  readonly directory: string;
  readonly management: ManagementApi;
  readonly client: KubeClient;
  readonly token = randomBytes(16).toString("hex");
  /** Aborted when the run is to end. */
  readonly signal: AbortSignal;
  readonly #access: StandInAccess;
  /** The manager's, for the management API. */
  readonly kubeconfig: string;
  readonly #standIn: Child<ToStandIn>;
  readonly #bystander: Child<ToBystander>;
  readonly #stack: AsyncDisposableStack;
  readonly #real: boolean;
  #manager: Child<ToManager> | undefined;
  #settings: ManagerSettings = {};
  #api = "";

  private constructor(parts: WorldParts) {
    this.directory = parts.directory;
    this.management = parts.management;
    this.client = parts.client;
    this.#access = parts.access;
    this.kubeconfig = parts.kubeconfig;
    this.#standIn = parts.standIn;
    this.#bystander = parts.bystander;
    this.#stack = parts.stack;
    this.signal = parts.signal;
    this.#real = parts.real;
  }

  /**
   * Leaves nothing behind if it fails or is aborted.
   * @param options.real whether clusters named `real-…` get real control planes
   */
  static async start({ real, signal = new AbortController().signal }: StartOptions): Promise<BenchWorld> {
    await using stack = new AsyncDisposableStack();
    const directory = await mkdtemp(join(tmpdir(), "fairlead-fleet-"));
    stack.defer(() => rm(directory, { recursive: true, force: true }));
    const logger = pino({ level: "silent" });
    const supervisor = new Supervisor({ stateDirectory: join(directory, "processes"), logger });
    stack.defer(() => supervisor.stopAll());
    const { authority: webhookAuthority } = await localWebhookPki(join(directory, "webhook"));
    const management = await startManagementApi({
      directory: join(directory, "management"),
      supervisor,
      webhookAuthority,
      signal,
    });
    stack.defer(() => management.stop());
    await using installer = KubeClient.fromKubeconfig(management.managerKubeconfig);
    const versions = { kubernetesVersions: kubernetesVersions(), defaultKubernetesVersion: newestKubernetes };
    await install(
      installer,
      { ...versions, registry: "127.0.0.1:1" },
      AbortSignal.any([signal, AbortSignal.timeout(60_000)]),
    );
    const kubeconfig = await createServiceAccount(installer, management.managerKubeconfig);
    // As a user, so that the webhooks judge what is created.
    const client = KubeClient.fromKubeconfig(management.adminKubeconfig, { userAgent: "bench" });
    stack.defer(() => client.close());
    const authority = await TestAuthority.create();
    const [serving, admin] = await Promise.all([
      authority.serverCertificate(),
      authority.clientCertificate("fairlead", ["system:masters"]),
    ]);
    const standIn = new Child<ToStandIn>(new URL("../stand-in/process.ts", import.meta.url));
    stack.defer(() => standIn.stop());
    const bystander = new Child<ToBystander>(new URL("bystander.ts", import.meta.url));
    stack.defer(() => bystander.stop());
    const discovery = await recordDiscovery(installer);
    const tls = { ...serving, ca: authority.cert };
    const { url } = await standIn.ask<{ url: string }>({ ask: "start", options: { discovery, tls } }, signal);
    const access: StandInAccess = { url, ca: authority.cert, ...admin };
    return new BenchWorld({
      directory,
      management,
      client,
      access,
      kubeconfig,
      standIn,
      bystander,
      real,
      signal,
      stack: stack.move(),
    });
  }

  /** URL of the REST API of the manager that runs. */
  get api(): string {
    return this.#api;
  }

  get managerPid(): number {
    return this.#manager?.process.pid ?? 0;
  }

  async startManager(execArgv: string[] = [], settings: ManagerSettings = {}): Promise<void> {
    this.#settings = settings;
    const manager = new Child<ToManager>(new URL("manager-process.ts", import.meta.url), {
      execArgv: [...heapOfContainer, ...execArgv],
    });
    this.#manager = manager;
    const setup = {
      directory: this.directory,
      kubeconfig: this.kubeconfig,
      standIn: this.#access,
      real: this.#real,
      token: this.token,
      ...settings,
    };
    const { api } = await manager.ask<{ api: string }>({ ask: "start", setup }, this.signal);
    this.#api = api;
  }

  /** With the settings of the one before. */
  startManagerAgain(): Promise<void> {
    return this.startManager([], this.#settings);
  }

  async stopManager(signal?: NodeJS.Signals): Promise<void> {
    await this.#manager?.stop(signal);
    this.#manager = undefined;
  }

  usage(): Promise<Usage> {
    return this.#askManager({ ask: "usage" });
  }

  /** Of a manager that was started with `--expose-gc`. */
  memory(): Promise<Memory> {
    return this.#askManager({ ask: "memory" });
  }

  counts(): Promise<StandInCounts & { cpuSeconds: number; rss: number }> {
    return this.#standIn.ask({ ask: "counts" }, this.signal);
  }

  /** Of a process that does nothing, since the last question. */
  bystanderStall(): Promise<Stall> {
    return this.#bystander.ask({ ask: "stall" }, this.signal);
  }

  /** How often each user cluster was written to. */
  writes(): Promise<Record<string, number>> {
    return this.#standIn.ask({ ask: "writes" }, this.signal);
  }

  objectsOf(cluster: string): Promise<object[]> {
    return this.#standIn.ask({ ask: "objects", cluster }, this.signal);
  }

  openWatchesOf(cluster: string): Promise<number> {
    return this.#standIn.ask({ ask: "open-watches", cluster }, this.signal);
  }

  /** Makes a cluster of the stand-in slow or silent; an empty fault heals it. */
  async fault(cluster: string, fault: Fault): Promise<void> {
    await this.#standIn.ask({ ask: "fault", cluster, fault });
  }

  prepareReal(clusters: Cluster[]): Promise<void> {
    return this.#askManager({ ask: "prepare-real", clusters });
  }

  resync(): Promise<void> {
    return this.#askManager({ ask: "resync" });
  }

  /** Until all queues of the manager are empty. */
  async idle(): Promise<void> {
    let quiet = 0;
    await waitFor(
      async () => {
        quiet = (await this.#askManager<boolean>({ ask: "idle" })) ? quiet + 1 : 0;
        return quiet >= 5; // What a watch is about to bring is not in a queue yet.
      },
      { what: "the manager's queues to be empty", timeoutMs: stepTimeoutMs, intervalMs: 100, signal: this.signal },
    );
  }

  async project(name = benchProject): Promise<void> {
    const project = { metadata: { name }, spec: { name } };
    await this.client.create(projectType, project);
    await waitFor(async () => (await this.client.get(projectType, { name })).status?.phase === "Active", {
      what: `project ${name}`,
      signal: this.signal,
    });
  }

  /** CPU seconds that the management API's processes have used. */
  async managementCpu(): Promise<number> {
    return await cpuOfChildren(process.pid, ["kube-apiserver", "etcd", "kube-controller"]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stopManager();
    await this.#stack.disposeAsync();
  }

  async #askManager<Answer>(question: ToManager): Promise<Answer> {
    if (!this.#manager) throw new Error("no manager runs");
    return await this.#manager.ask(question, this.signal);
  }
}

type ManagerSettings = Pick<ManagerSetup, "sleepAfterMs" | "workerName">;

interface StartOptions {
  real: boolean;
  signal?: AbortSignal;
}

interface WorldParts {
  directory: string;
  management: ManagementApi;
  client: KubeClient;
  access: StandInAccess;
  kubeconfig: string;
  standIn: Child<ToStandIn>;
  bystander: Child<ToBystander>;
  real: boolean;
  signal: AbortSignal;
  stack: AsyncDisposableStack;
}

/** A request for a cluster as users make it; the webhooks complete it. */
export function benchCluster(
  name: string,
  cni: NonNullable<Cluster["spec"]["cniPlugin"]>,
  project = benchProject,
): Cluster {
  return {
    metadata: { name, labels: { [projectLabel]: project } },
    spec: {
      humanReadableName: name,
      version: newestKubernetes,
      cloud: { dc: "local", bringyourown: {} },
      cniPlugin: cni,
    },
  };
}
