import { mkdir, readdir } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { kubernetesVersions, type Supervisor } from "@fairlead/components";
import type { Cluster } from "@fairlead/resources";
import type { Logger } from "pino";
import type { KeyPair } from "../pki/certificate.ts";
import type { ControlPlaneObservation, ControlPlaneProvider } from "../provider.ts";
import { controlPlaneSpec } from "../spec.ts";
import type { TunnelStep } from "../tunnel/tunnel.ts";
import { ControlPlaneBinaries } from "./binaries.ts";
import { type LocalEtcd, startEtcd } from "./etcd.ts";
import { LocalCluster } from "./local-cluster.ts";
import { PortRegistry, readPorts } from "./ports.ts";
import { StartSlots } from "./start-slots.ts";

export interface LocalControlPlaneProviderOptions {
  /** Holds the etcd of all user clusters and a directory for each cluster. Created if need be. */
  directory: string;
  supervisor: Supervisor;
  /** From `localWebhookPki`: API servers get client certificates of it. */
  webhookAuthority: KeyPair;
  logger: Logger;
  signal?: AbortSignal;
}

const checkIntervalMs = 10_000;

/**
 * Runs control planes as child processes on loopback: one etcd for all of them, and for each cluster a kube-apiserver,
 * a kube-controller-manager, a kube-scheduler and kwok, which plays the kubelets of its simulated nodes.
 *
 * The supervisor's processes end with this process. After a restart `ensure` finds a cluster's keys, certificates and
 * ports again, so that kubeconfigs stay valid.
 */
export class LocalControlPlaneProvider implements ControlPlaneProvider {
  readonly #directory: string;
  readonly #supervisor: Supervisor;
  readonly #logger: Logger;
  readonly #webhookAuthority: KeyPair;
  /** Of all user clusters; never the management API's. */
  readonly etcd: LocalEtcd;
  readonly #ports: PortRegistry;
  readonly #binaries = new ControlPlaneBinaries();
  readonly #starts = new StartSlots(Math.max(2, availableParallelism()));
  readonly #clusters = new Map<string, LocalCluster>();
  readonly #removals = new Map<string, Promise<void>>();
  readonly #listeners = new Set<(clusterId: string) => void>();
  readonly #closed = new AbortController();

  private constructor(options: LocalControlPlaneProviderOptions, running: { etcd: LocalEtcd; ports: PortRegistry }) {
    this.#directory = options.directory;
    this.#supervisor = options.supervisor;
    this.#logger = options.logger;
    this.#webhookAuthority = options.webhookAuthority;
    this.etcd = running.etcd;
    this.#ports = running.ports;
    this.etcd.onChange(() => {
      for (const id of this.#clusters.keys()) this.#notify(id);
    });
    void this.#checkRegularly(this.#closed.signal);
  }

  /** Starts the user clusters' etcd, and waits until it serves; no cluster is started yet. */
  static async start(options: LocalControlPlaneProviderOptions): Promise<LocalControlPlaneProvider> {
    const { directory, supervisor, signal } = options;
    const ports = new PortRegistry();
    for (const id of await clusterDirectories(directory))
      ports.claim(id, await readPorts(clusterDirectory(directory, id)));
    const etcd = await startEtcd({ name: "clusters", directory: join(directory, "etcd"), supervisor, signal });
    return new LocalControlPlaneProvider(options, { etcd, ports });
  }

  async ensure(
    cluster: Cluster,
    { signal, tunnel }: { signal: AbortSignal; logger: Logger; tunnel?: TunnelStep },
  ): Promise<ControlPlaneObservation> {
    const spec = controlPlaneSpec(cluster, tunnel);
    await this.#removals.get(spec.clusterId);
    this.#closed.signal.throwIfAborted();
    return await this.#cluster(spec.clusterId).ensure(spec, signal);
  }

  refusal(kubernetesVersion: string): string | undefined {
    const known = kubernetesVersions();
    if (known.includes(kubernetesVersion)) return undefined;
    return `there are no binaries of Kubernetes ${kubernetesVersion} for this machine, only of ${known.join(" and ")}`;
  }

  observe(clusterId: string): ControlPlaneObservation | undefined {
    return this.#clusters.get(clusterId)?.observe();
  }

  async remove(cluster: Cluster, { signal }: { signal: AbortSignal }): Promise<boolean> {
    const clusterId = cluster.metadata.name ?? "";
    const removal = this.#removals.get(clusterId) ?? this.#cluster(clusterId).remove(signal);
    this.#removals.set(clusterId, removal);
    try {
      await removal;
      this.#clusters.delete(clusterId);
      return true;
    } finally {
      this.#removals.delete(clusterId);
    }
  }

  onChange(listener: (clusterId: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Ends all control planes and then their etcd; nothing is removed. */
  async close(): Promise<void> {
    this.#closed.abort(new Error("the control plane provider is closed"));
    await Promise.all([...this.#clusters.values()].map((cluster) => cluster.stop()));
    await this.etcd.stop();
  }

  #cluster(id: string): LocalCluster {
    let cluster = this.#clusters.get(id);
    if (cluster === undefined) {
      cluster = new LocalCluster(id, {
        directory: clusterDirectory(this.#directory, id),
        supervisor: this.#supervisor,
        etcd: this.etcd,
        webhookAuthority: this.#webhookAuthority,
        ports: this.#ports,
        binaries: this.#binaries,
        starts: this.#starts,
        logger: this.#logger,
        onChange: () => this.#notify(id),
      });
      this.#clusters.set(id, cluster);
    }
    return cluster;
  }

  /** Finds out about processes that run but no longer serve. */
  async #checkRegularly(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await sleep(checkIntervalMs, undefined, { signal, ref: false }).catch(() => {});
      for (const cluster of this.#clusters.values()) await cluster.check(signal);
    }
  }

  #notify(id: string): void {
    for (const listener of this.#listeners) listener(id);
  }
}

function clusterDirectory(directory: string, id: string): string {
  // A Kubernetes name, but it becomes part of a path: better to be sure.
  if (!/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(id))
    throw new Error(`metadata.name: ${JSON.stringify(id)} is no DNS name`);
  return join(directory, "clusters", id);
}

async function clusterDirectories(directory: string): Promise<string[]> {
  const parent = join(directory, "clusters");
  await mkdir(parent, { recursive: true, mode: 0o700 });
  const entries = await readdir(parent, { withFileTypes: true });
  return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
}
