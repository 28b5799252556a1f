import { chmod, mkdir, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import {
  checkWritableDirectory,
  DirectoryLock,
  ensureBinaries,
  isPortFree,
  kubernetesVersions,
  type OnProgress,
  Supervisor,
} from "@fairlead/components";
import { LocalControlPlaneProvider, localWebhookPki, startManagementApi } from "@fairlead/control-plane";
import { createManager } from "@fairlead/controllers";
import { KubeClient } from "@fairlead/kube";
import { compareVersions } from "@fairlead/network";
import { AuditLog, createServer, localAdminAuthenticator, type OidcSettings } from "@fairlead/server";
import { builtWeb } from "@fairlead/web/build";
import type { Logger } from "pino";
import { version } from "../version.ts";
import { adminToken } from "./admin-token.ts";
import { startCharts } from "./charts.ts";
import { install } from "./install.ts";
import { removeInstanceFile, writeInstanceFile } from "./instance-file.ts";
import { layoutOf } from "./layout.ts";
import { renewRegularly } from "./renew-certificates.ts";
import { StartError } from "./start-error.ts";
import { startWebhooks } from "./webhooks.ts";

export interface EmbeddedOptions {
  dataDirectory: string;
  port: number;
  /** Who else may sign in, beside whoever holds the admin token. */
  oidc?: OidcSettings | undefined;
  /** Called once the data directory is ours. */
  createLogger: (file: string) => Logger;
  /** Told of each step as it begins. */
  onStep: (title: string) => void;
  onBinaryProgress: OnProgress;
  /** Aborts the start; {@link Embedded.stop} ends what runs. */
  signal: AbortSignal;
}

export interface Embedded {
  readonly url: string;
  readonly tokenFile: string;
  readonly managementKubeconfig: string;
  /** `host:port` of the chart registry. */
  readonly registry: string;
  readonly instanceFile: string;
  readonly logFile: string;
  /** Rejects if the manager fails; resolves after {@link stop}. */
  readonly done: Promise<void>;
  stop(): Promise<void>;
}

const leastFreeBytes = 512 * 1024 * 1024;
const loopback = "127.0.0.1";
/** Of a new cluster whose creator does not say how many: they cost little, since they are simulated. */
const defaultNodes = 2;

/**
 * Starts everything on this machine, on loopback: management API, chart registry, manager and REST API. What was started
 * is stopped again if a step fails.
 * @throws ComponentError, StartError with one line that says what to do
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const layout = layoutOf(options.dataDirectory);
  const { onStep, signal } = options;
  const stops: (() => unknown)[] = [];
  let logger: Logger | undefined;
  const stop = async () => {
    for (const end of stops.splice(0).reverse()) {
      // One that fails must not keep the others from being stopped.
      await Promise.resolve(end()).catch((error: unknown) => logger?.error({ err: error }, "Stopping failed"));
    }
  };
  try {
    process.umask(0o077); // Whatever anybody writes from here on, children included, is its owner's.
    await checkWritableDirectory(layout.root, leastFreeBytes);
    await chmod(layout.root, 0o700);
    const lock = await DirectoryLock.acquire(layout.root);
    stops.push(() => lock.release());
    logger = options.createLogger(layout.logFile);
    if (!(await isPortFree(options.port))) throw portTaken(options.port);
    await removeInstanceFile(layout.instanceFile);

    onStep("Preparing the real components");
    const binaries = await ensureBinaries(neededBinaries, { onProgress: options.onBinaryProgress, signal });
    await linkTools(layout.binDirectory, binaries);

    const supervisor = new Supervisor({ stateDirectory: layout.processes, logger });
    const orphans = await supervisor.cleanUpOrphans();
    if (orphans.length > 0) logger.info({ processes: orphans }, "Ended what an earlier run left behind");
    stops.push(() => supervisor.stopAll());

    onStep("Starting the management API");
    const webhookPki = await localWebhookPki(layout.webhook);
    const webhookAuthority = webhookPki.authority;
    const [management, provider, charts, webDirectory] = await allOrNothing([
      startManagementApi({ directory: layout.management, supervisor, webhookAuthority, signal }),
      LocalControlPlaneProvider.start({
        directory: layout.userClusters,
        supervisor,
        webhookAuthority,
        logger,
        signal,
      }),
      startCharts({ layout, supervisor, logger, helmBinary: pathOf(binaries, "helm"), signal }),
      builtWeb({ onBuild: () => onStep("Starting the management API, building the web UI"), signal }).catch(webFailed),
    ]);
    stops.push(() => management.stop());
    stops.push(() => provider.close());

    const client = KubeClient.fromKubeconfig(management.managerKubeconfig, { userAgent: "fairlead" });
    stops.push(() => client.close());
    onStep("Installing definitions and publishing charts");
    await Promise.all([
      install(client, { ...offeredVersions(), registry: charts.registry }, signal),
      charts.publish(signal),
    ]);

    onStep("Starting webhooks, manager and REST API");
    const audit = new AuditLog({ file: layout.auditFile });
    const webhooks = await startWebhooks(client, { pki: webhookPki, defaultNodes, audit, logger, signal });
    stops.push(() => webhooks.close());
    const webhookDirectory = layout.webhook;
    stops.push(renewRegularly({ management, client, etcd: provider.etcd, webhooks, webhookDirectory }, logger));
    const manager = createManager({
      management: client,
      provider,
      charts: charts.addons,
      runner: charts.runner,
      webhooks: webhooks.userCluster,
      logger,
      simulateNodes: true,
    });
    const running = new AbortController();
    const done = manager.run(running.signal);
    done.catch(() => undefined); // Told to whoever awaits it; until then it is no unhandled rejection.
    stops.push(async () => {
      running.abort();
      await done.catch(() => undefined);
    });

    const token = await adminToken(layout.tokenFile);
    const server = createServer({
      managementClient: client,
      clusters: manager.clusters,
      userClusterClient: (id) => manager.userClusters.get(id)?.client,
      chartValues: manager.chartValues,
      chartSchema: manager.chartSchema,
      authenticator: localAdminAuthenticator(token),
      oidc: options.oidc,
      audit,
      defaultNodes,
      logger,
      webDirectory,
      version,
    });
    stops.push(() => server.close());
    await server.listen({ host: loopback, port: options.port });
    const url = `http://${loopback}:${options.port}`;
    await writeInstanceFile(layout.instanceFile, {
      version: 1,
      pid: process.pid,
      url,
      tokenFile: layout.tokenFile,
      managementKubeconfig: management.adminKubeconfigPath,
      binDirectory: layout.binDirectory,
      startedAt: new Date().toISOString(),
    });
    stops.push(() => removeInstanceFile(layout.instanceFile));
    return {
      url,
      tokenFile: layout.tokenFile,
      managementKubeconfig: management.adminKubeconfigPath,
      registry: charts.registry,
      instanceFile: layout.instanceFile,
      logFile: layout.logFile,
      done,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** All that a first cluster needs, so that creating one waits for no build. Older Kubernetes versions are built when asked for. */
const neededBinaries = [
  "etcd",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kwok",
  "registry",
  "helm",
  "kubectl",
] as const;

type NeededBinary = (typeof neededBinaries)[number];
type Binaries = Awaited<ReturnType<typeof ensureBinaries>>;

function pathOf(binaries: Binaries, name: NeededBinary): string {
  const found = binaries.find((binary) => binary.name === name);
  if (!found) throw new StartError(`${name} was not prepared`);
  return found.path;
}

/** Every version that can be run here, oldest first; the newest is the default. */
function offeredVersions(): { kubernetesVersions: string[]; defaultKubernetesVersion: string } {
  const versions = kubernetesVersions().sort(compareVersions);
  return { kubernetesVersions: versions, defaultKubernetesVersion: versions.at(-1) ?? "" };
}

function portTaken(port: number): StartError {
  return new StartError(
    `Port ${port} of ${loopback} is in use by another program. Stop it, or choose another port with --port.`,
  );
}

function webFailed(cause: Error): never {
  throw cause.name === "AbortError" ? cause : new StartError(cause.message, { cause });
}

/** `fairlead env` puts this directory on PATH: exactly the kubectl and helm that were tested with these clusters. */
async function linkTools(directory: string, binaries: Binaries): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await chmod(directory, 0o700);
  for (const name of ["kubectl", "helm"] as const) {
    const link = join(directory, name);
    await rm(link, { force: true });
    await symlink(pathOf(binaries, name), link);
  }
}

/** Like `Promise.all`, but waits for all before it fails: nothing may still be starting when the caller cleans up. */
async function allOrNothing<T extends readonly unknown[]>(promises: { [K in keyof T]: Promise<T[K]> }): Promise<T> {
  await Promise.allSettled(promises);
  return (await Promise.all(promises)) as unknown as T;
}
