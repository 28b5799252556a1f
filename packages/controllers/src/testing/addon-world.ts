import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { resolveBinary } from "@fairlead/components";
import { ChartRenderer, HelmRunner, packageCharts } from "@fairlead/helm";
import {
  builtin,
  Controller,
  EventRecorder,
  Informer,
  type KubeClient,
  Manager,
  type Request,
  waitFor,
} from "@fairlead/kube";
import {
  type Addon,
  addonEnsureLabel,
  addonResourcesCreated,
  addonType,
  type Cluster,
  clusterNamespace,
  clusterType,
  crds,
} from "@fairlead/resources";
import { startTestApiServer, type TestApiServer } from "@fairlead/testkit";
import { pino } from "pino";
import { addonCharts } from "../addon/charts.ts";
import { followDrift } from "../addon/drift.ts";
import { AddonReconciler } from "../addon/reconcile.ts";
import { installDefinitions } from "../user-clusters/prepare.ts";
import { UserClusters } from "../user-clusters/user-clusters.ts";
import { testCluster } from "./cluster.ts";

const shippedCharts = fileURLToPath(new URL("../../../../charts", import.meta.url));
/** As what user clusters see Fairlead. */
const userAgent = "fairlead";

/**
 * The addon controller with the real helm and the charts that Fairlead ships. One real API server is the management API
 * and every user cluster at once.
 */
export class AddonWorld implements AsyncDisposable {
  readonly server: TestApiServer;
  /** Of the test itself: a user with all rights. */
  readonly client: KubeClient;
  readonly runner: HelmRunner;
  readonly renderer: ChartRenderer;
  readonly userClusters = new UserClusters();
  readonly #directory: string;
  readonly #stop = new AbortController();
  readonly #addons: Informer<Addon>;
  readonly #controller: Controller;
  readonly #running: Promise<void>;

  /** @param more charts beside those that are shipped: name -> path below the chart -> text */
  static async start(more: Record<string, Record<string, string>> = {}): Promise<AddonWorld> {
    const directory = await mkdtemp(join(tmpdir(), "fairlead-addons-"));
    const chartsDirectory = join(directory, "sources");
    await cp(shippedCharts, chartsDirectory, { recursive: true });
    for (const [name, files] of Object.entries(more))
      await writeChart(join(chartsDirectory, "addons", name), name, files);
    await rm(join(chartsDirectory, "applications"), { recursive: true });
    await mkdir(join(chartsDirectory, "applications"));
    const policy = join(directory, "audit-policy.yaml");
    await writeFile(
      policy,
      "apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\nrules: [{ level: Metadata }]\n",
    );
    const server = await startTestApiServer({
      apiServerArgs: [
        "--allow-privileged=true",
        "--service-cluster-ip-range=10.240.16.0/20",
        `--audit-policy-file=${policy}`,
        `--audit-log-path=${join(directory, "audit.log")}`,
        "--audit-log-mode=blocking",
      ],
    });
    const logger = pino({ level: "silent" });
    const runner = new HelmRunner({
      helmBinary: await resolveBinary("helm"),
      cacheDirectory: join(directory, "helm"),
      logger,
    });
    const packages = await packageCharts({ runner, chartsDirectory, cacheDirectory: join(directory, "charts") });
    await installDefinitions(server.client(), crds(), { signal: AbortSignal.timeout(60_000) });
    return new AddonWorld({ directory, server, runner, packages });
  }

  private constructor({ directory, server, runner, packages }: WorldParts) {
    this.#directory = directory;
    this.server = server;
    this.client = server.client();
    this.runner = runner;
    this.renderer = new ChartRenderer({ runner });
    const logger = pino({ level: "silent" });
    const management = server.client({ userAgent });
    const clusters = new Informer({ client: management, type: clusterType });
    this.#addons = new Informer({ client: management, type: addonType });
    this.#controller = new Controller({
      name: "addon",
      reconciler: new AddonReconciler({
        management,
        addons: this.#addons,
        clusters,
        userClusters: this.userClusters,
        charts: addonCharts(packages, this.renderer),
        installation: () => ({ seeds: [] }),
        events: new EventRecorder({ client: management, reportingController: "fairlead.dev/addon" }),
      }),
      backoff: { baseMs: 50, maxMs: 1000 },
      logger,
    });
    this.#controller.watch(this.#addons, (addon) => [requestOf(addon)]);
    const addonsOf = (id: string) =>
      this.#addons.list().filter(({ metadata }) => metadata.namespace === clusterNamespace(id));
    this.#controller.watch(clusters, ({ metadata }) => addonsOf(metadata.name ?? "").map(requestOf));
    this.userClusters.onConnect(({ id }) => {
      for (const addon of addonsOf(id)) this.reconcile(addon);
    });
    followDrift({ userClusters: this.userClusters, addonsOf, onDrift: (addon) => this.reconcile(addon), logger });
    this.#running = new Manager({ logger })
      .add(clusters)
      .add(this.#addons)
      .add(this.#controller)
      .run(this.#stop.signal);
    this.#running.catch(() => undefined);
  }

  reconcile(addon: Addon): void {
    this.#controller.enqueue(requestOf(addon));
  }

  /** A Cluster with its namespace, connected unless said otherwise. */
  async cluster(id: string, spec: Partial<Cluster["spec"]> = {}, port = 6443): Promise<void> {
    const object: Cluster = { metadata: { name: id }, spec: testCluster(spec).spec };
    await this.client.apply(builtin.Namespace, { metadata: { name: clusterNamespace(id) } }, { fieldManager: "test" });
    await this.client.apply(clusterType, object, { fieldManager: "test", force: true });
    const address = { url: `https://${id}.test:${port}`, externalName: `${id}.test`, port };
    await this.client.mergePatchStatus(clusterType, { name: id }, { status: { address } });
  }

  async connect(id: string): Promise<void> {
    await this.userClusters.connect(id, this.server.kubeconfig(), async () => undefined);
  }

  async addon(id: string, name: string, { ensure = true, variables, annotations }: AddonOptions = {}): Promise<void> {
    const labels: Record<string, string> = ensure ? { [addonEnsureLabel]: "true" } : {};
    const addon: Addon = {
      metadata: { name, namespace: clusterNamespace(id), labels, ...(annotations ? { annotations } : {}) },
      spec: { name, cluster: { kind: "Cluster", name: id }, ...(variables ? { variables } : {}) },
    };
    await this.client.apply(addonType, addon, { fieldManager: "test", force: true });
  }

  /** The Addon once its condition says what is asked. */
  async condition(id: string, name: string, status: "True" | "False", says = ""): Promise<string> {
    const ref = { name, namespace: clusterNamespace(id) };
    return await eventually(`Addon ${name} of ${id} to be ${status} ${says}`, async () => {
      const { status: current } = await this.client.get(addonType, ref);
      const { status: is, reason = "", message = "" } = current?.conditions?.[addonResourcesCreated] ?? {};
      const text = `${reason}: ${message}`;
      return is === status && text.includes(says) && text;
    });
  }

  async remove(id: string, name: string): Promise<void> {
    await this.client.delete(addonType, { name, namespace: clusterNamespace(id) });
  }

  async removed(id: string, name: string): Promise<void> {
    const ref = { name, namespace: clusterNamespace(id) };
    await eventually(`Addon ${name} to be gone`, async () => !(await this.client.find(addonType, ref)));
  }

  /** The requests that Fairlead has made so far, one `verb path` each. */
  async requests(): Promise<string[]> {
    const lines = (await readFile(join(this.#directory, "audit.log"), "utf8")).split("\n");
    return lines.flatMap((line) => {
      const event: AuditEvent = line === "" ? {} : JSON.parse(line);
      return event.userAgent === userAgent ? [`${event.verb} ${event.requestURI}`] : [];
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running.catch(() => undefined);
    this.userClusters.closeAll();
    await this.server.stop();
    await rm(this.#directory, { recursive: true, force: true });
  }
}

interface WorldParts {
  directory: string;
  server: TestApiServer;
  runner: HelmRunner;
  packages: Awaited<ReturnType<typeof packageCharts>>;
}

interface AddonOptions {
  ensure?: boolean;
  variables?: Record<string, unknown>;
  annotations?: Record<string, string>;
}

interface AuditEvent {
  userAgent?: string;
  verb?: string;
  requestURI?: string;
}

async function writeChart(directory: string, name: string, files: Record<string, string>): Promise<void> {
  const all = { "Chart.yaml": `apiVersion: v2\nname: ${name}\nversion: 0.1.0\n`, ...files };
  for (const [path, text] of Object.entries(all)) {
    const file = join(directory, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}

export async function eventually<T>(what: string, probe: () => Promise<T | false | undefined>): Promise<T> {
  return (await waitFor(probe, { what, timeoutMs: 120_000, intervalMs: 100 })) as T;
}

function requestOf({ metadata: { name = "", namespace = "" } }: Addon): Request {
  return { name, namespace };
}
