import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Installation } from "@fairlead/admission";
import { freePort, resolveBinary, Supervisor } from "@fairlead/components";
import { HelmRunner, type RegistryAccess, type RunningRegistry, startRegistry } from "@fairlead/helm";
import { builtin, Controller, Informer, type KubeClient, Manager, waitFor } from "@fairlead/kube";
import {
  type ApplicationDefinition,
  type ApplicationInstallation,
  applicationDefinitionType,
  applicationInstallationType,
  type Cluster,
  clusterType,
  crds,
  installationNamespace,
  kubermaticConfigurationType,
  seedType,
  userClusterCrds,
} from "@fairlead/resources";
import { startTestApiServer, type TestApiServer } from "@fairlead/testkit";
import { pino } from "pino";
import { Registry } from "prom-client";
import { ApplicationInstallationReconciler } from "../application-installation/reconcile.ts";
import { SystemApplicationsReconciler } from "../system-applications/reconcile.ts";
import { installDefinitions } from "../user-clusters/prepare.ts";
import { UserClusterInformers } from "../user-clusters/user-cluster-informers.ts";
import { UserClusters } from "../user-clusters/user-clusters.ts";

export const clusterId = "abcdefghij";
const run = promisify(execFile);
/** Where nobody listens, instead of a registry on the internet. */
const nowhere = "127.0.0.1:1/charts";
/** As in the manager, with less time between attempts. */
const backoff = { baseMs: 50, maxMs: 2000 };

/**
 * The controllers of applications on one real API server, which is the management API and the user cluster at once. There is
 * nothing that runs pods: helm waits for hooks alone.
 */
export class ApplicationWorld implements AsyncDisposable {
  readonly client: KubeClient;
  readonly runner: HelmRunner;
  readonly directory: string;
  readonly #server: TestApiServer;
  readonly #supervisor: Supervisor;
  readonly #helmBinary: string;
  /** Of the controller that asks for charts all the time, apart from what is counted. */
  readonly #systemRunner: HelmRunner;
  readonly #running = new AbortController();
  readonly #userClusters = new UserClusters();
  readonly #allowed = new Set<string>();
  #done: Promise<void> = Promise.resolve();

  private constructor(parts: { server: TestApiServer; directory: string; helmBinary: string }) {
    const logger = pino({ level: "silent" });
    this.directory = parts.directory;
    this.#server = parts.server;
    this.#helmBinary = parts.helmBinary;
    this.client = parts.server.client();
    this.runner = new HelmRunner({ helmBinary: parts.helmBinary, cacheDirectory: this.path("helm"), logger });
    const system = { helmBinary: parts.helmBinary, cacheDirectory: this.path("system-helm"), logger };
    this.#systemRunner = new HelmRunner(system);
    this.#supervisor = new Supervisor({ stateDirectory: this.path("processes"), logger });
  }

  static async start(): Promise<ApplicationWorld> {
    const [server, helmBinary] = await Promise.all([startTestApiServer(), resolveBinary("helm")]);
    const directory = await mkdtemp(join(tmpdir(), "fairlead-applications-"));
    const world = new ApplicationWorld({ server, directory, helmBinary });
    await world.#install();
    await world.#runControllers();
    return world;
  }

  path(...names: string[]): string {
    return join(this.directory, ...names);
  }

  async #install(): Promise<void> {
    const signal = AbortSignal.timeout(120_000);
    await installDefinitions(this.client, [...crds(), ...userClusterCrds()], { signal });
    await this.client.create(builtin.Namespace, { metadata: { name: installationNamespace } });
    const ref = { namespace: installationNamespace };
    const spec = { systemApplications: { helmRepository: nowhere, plainHTTP: true } };
    await this.client.create(kubermaticConfigurationType, { metadata: { name: "fairlead", ...ref }, spec });
    await this.client.create(seedType, { metadata: { name: "seed", ...ref }, spec: {} });
    await this.client.create(clusterType, cluster);
    const address = {
      externalName: "api.example.test",
      ip: "192.0.2.7",
      port: 6443,
      url: "https://api.example.test:6443",
    };
    await this.client.mergePatchStatus(clusterType, { name: clusterId }, { status: { address } });
  }

  async #runControllers(): Promise<void> {
    const logger = pino({ level: "silent" });
    const registry = new Registry();
    const { client: management, runner } = this;
    const manager = new Manager({ logger });
    const clusters = new Informer<Cluster>({ client: management, type: clusterType, logger });
    const definitions = new Informer<ApplicationDefinition>({
      client: management,
      type: applicationDefinitionType,
      logger,
    });
    const configurations = new Informer({ client: management, type: kubermaticConfigurationType, logger });
    const seeds = new Informer({ client: management, type: seedType, logger });
    manager.add(clusters).add(definitions).add(configurations).add(seeds);
    const installation = (): Installation => ({ configuration: configurations.list()[0], seeds: seeds.list() });
    const userClusters = this.#userClusters;
    const installations: UserClusterInformers<ApplicationInstallation> = new UserClusterInformers({
      userClusters,
      type: applicationInstallationType,
      logger,
      onChange: (cluster, { metadata: { name = "", namespace } }) =>
        controller.enqueue({ name, ...(namespace ? { namespace } : {}), cluster }),
      onSynced: () => undefined,
    });
    const shared = { management, clusters, definitions, runner, installation };
    const controller = new Controller({
      name: "application-installation",
      reconciler: new ApplicationInstallationReconciler({ ...shared, installations, userClusters }),
      concurrency: 4,
      logger,
      registry,
      backoff,
    });
    const system = new Controller({
      name: "system-applications",
      reconciler: new SystemApplicationsReconciler({ ...shared, runner: this.#systemRunner, seeds }),
      logger,
      registry,
      backoff,
    });
    const all = () =>
      [...installations.all()].map(([cluster, { metadata }]) => ({
        name: metadata.name ?? "",
        ...(metadata.namespace ? { namespace: metadata.namespace } : {}),
        cluster,
      }));
    controller.watch(clusters, all);
    controller.watch(definitions, all);
    for (const informer of [definitions, configurations, seeds])
      system.watch<never>(informer as never, () => [{ name: "all" }]);
    manager.add(controller).add(system);
    this.#done = manager.run(this.#running.signal);
    await userClusters.connect(clusterId, this.#server.kubeconfig(), async () => undefined);
  }

  /** Everything here is on loopback, which an administrator has to allow address by address. */
  async allow(...urls: string[]): Promise<void> {
    for (const url of urls) this.#allowed.add(new URL(url).host);
    const spec = { chartSources: { allowedAddresses: [...this.#allowed] } };
    const ref = { name: "fairlead", namespace: installationNamespace };
    await this.client.mergePatch(kubermaticConfigurationType, ref, { spec });
  }

  /** A real registry; with TLS and login if it says so. */
  async registry(name: string, more: object = {}): Promise<RunningRegistry> {
    await mkdir(this.path(name), { recursive: true });
    const registry = await startRegistry({
      supervisor: this.#supervisor,
      name,
      binary: await resolveBinary("registry"),
      directory: this.path(name),
      port: await freePort(),
      logFile: this.path(name, "log"),
      ...more,
    });
    await this.allow(registry.url);
    return registry;
  }

  /** Packages a chart of one template in the folder `name`; returns the package. */
  async chart(name: string, version: string, template: string): Promise<string> {
    const directory = this.path("charts", `${name}-${version}`, name);
    const files = {
      "Chart.yaml": `apiVersion: v2\nname: ${name}\nversion: ${version}\n`,
      "templates/all.yaml": template,
    };
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await writeFile(join(directory, path), text);
    }
    await this.runner.package(directory, this.path("packages"));
    return this.path("packages", `${name}-${version}.tgz`);
  }

  async push(packagePath: string, registry: RunningRegistry, access: RegistryAccess = registry.access): Promise<void> {
    await this.runner.push(packagePath, `oci://${registry.host}/charts`, { access });
  }

  /** The real helm, as a person runs it; stderr is in the error. */
  async helm(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
    const { stdout } = await run(this.#helmBinary, [...args], {
      env: { HOME: this.directory, ...env },
      cwd: this.directory,
    });
    return stdout;
  }

  async secret(name: string, data: Readonly<Record<string, string>>, type?: "helm" | "git"): Promise<void> {
    const annotations = type && { "apps.kubermatic.k8c.io/secret-type": type };
    const encoded = Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString("base64")]);
    await this.client.create(builtin.Secret, {
      metadata: { name, namespace: installationNamespace, ...(annotations ? { annotations } : {}) },
      data: Object.fromEntries(encoded),
    });
  }

  async define(
    name: string,
    sources: Readonly<Record<string, object>>,
    labels?: Record<string, string>,
  ): Promise<void> {
    const versions = Object.entries(sources).map(([version, source]) => ({ version, template: { source } }));
    const spec = { description: name, method: "helm", versions } as ApplicationDefinition["spec"];
    await this.client.create(applicationDefinitionType, { metadata: { name, ...(labels ? { labels } : {}) }, spec });
  }

  /** In a namespace of its own name, from the definition of the same name, unless the spec says otherwise. */
  async installApplication(name: string, spec: Partial<ApplicationInstallation["spec"]> = {}): Promise<void> {
    const wanted = { applicationRef: { name, version: "1.0.0" }, namespace: { name, create: true }, ...spec };
    await this.client.create(applicationInstallationType, { metadata: { name, namespace: "default" }, spec: wanted });
  }

  async edit(name: string, spec: object): Promise<void> {
    await this.client.mergePatch(applicationInstallationType, { name, namespace: "default" }, { spec });
  }

  async installed(name: string): Promise<ApplicationInstallation | undefined> {
    return await this.client.find(applicationInstallationType, { name, namespace: "default" });
  }

  /** Waits until the installation's conditions speak of its latest spec, and are as expected. */
  async untilCondition(name: string, type: string, reason: string): Promise<ApplicationInstallation> {
    let seen: unknown;
    const found = await waitFor(
      async () => {
        const installation = await this.installed(name);
        const condition = installation?.status?.conditions?.[type];
        seen = installation?.status?.conditions;
        const current = condition?.observedGeneration === installation?.metadata.generation;
        return current && condition?.reason === reason ? installation : undefined;
      },
      { what: `${name}: ${type} ${reason}`, timeoutMs: 120_000, intervalMs: 200 },
    ).catch((cause: unknown) => {
      throw new Error(`${name}: expected ${type} ${reason}, found ${JSON.stringify(seen)}`, { cause });
    });
    return found as ApplicationInstallation;
  }

  async ready(name: string): Promise<ApplicationInstallation> {
    return await this.untilCondition(name, "Ready", "InstallationSuccessful");
  }

  /** The data of a ConfigMap; undefined if it is not there. */
  async data(name: string, namespace = name): Promise<Record<string, string> | undefined> {
    return (await this.client.find(builtin.ConfigMap, { name, namespace }))?.data;
  }

  async events(name: string): Promise<string[]> {
    const { items } = await this.client.list(builtin.Event, { namespace: "default" });
    return items.filter(({ regarding }) => regarding?.name === name).map(({ reason, note }) => `${reason}: ${note}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#running.abort();
    await this.#done.catch(() => undefined);
    this.#userClusters.closeAll();
    await this.#supervisor.stopAll();
    await this.#server.stop();
    await rm(this.directory, { recursive: true, force: true });
  }
}

const cluster = {
  metadata: { name: clusterId },
  spec: {
    humanReadableName: "applications",
    version: "1.36.3",
    cloud: { dc: "local", providerName: "bringyourown" },
    cniPlugin: { type: "none", version: "" },
    clusterNetwork: {
      ipFamily: "IPv4",
      pods: { cidrBlocks: ["172.25.0.0/16"] },
      services: { cidrBlocks: ["10.240.16.0/20"] },
      dnsDomain: "cluster.local",
      proxyMode: "ipvs",
    },
  },
} as unknown as Cluster;
