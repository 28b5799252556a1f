import { isDeepStrictEqual } from "node:util";
import type { Installation } from "@fairlead/admission";
import type { ConnectedSeed, Seeds } from "@fairlead/control-plane";
import {
  builtin,
  type Informer,
  KubeClient,
  keyOf,
  type ReconcileContext,
  type Reconciler,
  type Request,
  type Result,
} from "@fairlead/kube";
import { type Cluster, type Seed, seedType } from "@fairlead/resources";
import { writeStatus } from "../writes.ts";
import { kubeconfigReference, type OwnSeed, type SeedFinding, seedSettings, seedStatus } from "./plan.ts";

export interface SeedReconcilerOptions {
  management: KubeClient;
  seeds: Informer<Seed>;
  clusters: Informer<Cluster>;
  installation: () => Installation;
  /** Told of each seed and how it is. */
  registry: Seeds;
  /** Of the management API's cluster. */
  own: OwnSeed;
  /** Of all others; absent: their API servers could not reach the admission webhooks, so there are none. */
  others?: OwnSeed;
  /** Of Fairlead. */
  version: string;
}

/** Long enough for a seed on another continent, short enough that little work waits for one that is gone. */
const probeTimeoutMs = 5_000;
const probeIntervalMs = 10_000;

/** A client of a seed, for as long as it is talked to with the same kubeconfig. */
interface Connection {
  /** Undefined for the management API. */
  kubeconfig: string | undefined;
  client: KubeClient;
  /** The state that was told last, if it was a good one. */
  seed?: ConnectedSeed;
  abort: AbortController;
}

/**
 * Connects to seeds and asks each of them again and again whether it still answers. As soon as one does not, whatever
 * waits for it is given up, so that its clusters keep nobody from working on those of other seeds.
 */
export class SeedReconciler implements Reconciler {
  readonly #options: SeedReconcilerOptions;
  readonly #connections = new Map<string, Connection>();

  constructor(options: SeedReconcilerOptions) {
    this.#options = options;
  }

  async reconcile({ name, namespace }: Request, { signal, logger }: ReconcileContext): Promise<Result | undefined> {
    const { seeds, registry, management, version } = this.#options;
    const seed = seeds.get(keyOf({ name, ...(namespace ? { namespace } : {}) }));
    if (!seed || seed.metadata.deletionTimestamp) {
      this.#disconnect(name);
      registry.delete(name);
      return undefined;
    }
    const finding = await this.#find(seed, signal);
    if (finding.kind !== "healthy") logger.warn({ problem: finding.problem }, "Reaching the seed failed");
    this.#tell(seed, finding);
    const status = seedStatus(seed, finding, { clusters: this.#countClusters(seed), version, now: new Date() });
    await writeStatus(management, seedType, { object: seed, status, signal });
    return { requeueAfterMs: probeIntervalMs };
  }

  async #find(seed: Seed, signal: AbortSignal): Promise<SeedFinding> {
    const connected = await this.#connect(seed, signal);
    if ("problem" in connected) return connected;
    try {
      const { gitVersion } = await connected.client.request<{ gitVersion: string }>({
        method: "GET",
        path: "/version",
        signal: AbortSignal.any([signal, AbortSignal.timeout(probeTimeoutMs)]),
      });
      return { kind: "healthy", kubernetesVersion: gitVersion };
    } catch (error) {
      signal.throwIfAborted();
      return { kind: "unreachable", problem: error instanceof Error ? error.message : String(error) };
    }
  }

  async #connect(seed: Seed, signal: AbortSignal): Promise<Connection | Exclude<SeedFinding, { kind: "healthy" }>> {
    const { management, others } = this.#options;
    const reference = kubeconfigReference(seed);
    if (!reference) return this.#connection(seed, undefined, () => management);
    if (!others) {
      const problem =
        "spec.kubeconfig: clusters of another seed could not reach Fairlead's admission webhooks: " +
        "set the chart's value webhook.url, or leave the field out for the cluster that Fairlead runs in";
      return { kind: "invalid", problem };
    }
    const { name: secretName, namespace, key } = reference;
    const secret = await management.find(builtin.Secret, { name: secretName, namespace }, { signal });
    const data = secret?.data?.[key];
    if (data === undefined) {
      const problem = `spec.kubeconfig: there is no Secret ${namespace}/${secretName} with a key "${key}"`;
      return { kind: "invalid", problem };
    }
    const kubeconfig = Buffer.from(data, "base64").toString("utf8");
    try {
      return this.#connection(seed, kubeconfig, () => KubeClient.fromKubeconfig(kubeconfig, { userAgent: "fairlead" }));
    } catch (error) {
      return { kind: "invalid", problem: error instanceof Error ? error.message : String(error) };
    }
  }

  #connection(seed: Seed, kubeconfig: string | undefined, open: () => KubeClient): Connection {
    const name = seed.metadata.name ?? "";
    const existing = this.#connections.get(name);
    if (existing && existing.kubeconfig === kubeconfig) return existing;
    this.#disconnect(name);
    const connection = { kubeconfig, client: open(), abort: new AbortController() };
    this.#connections.set(name, connection);
    return connection;
  }

  /** Nothing is told that was told before: each new state starts watches anew. */
  #tell(seed: Seed, finding: SeedFinding): void {
    const { registry, own, others, installation } = this.#options;
    const name = seed.metadata.name ?? "";
    const datacenters = Object.keys(seed.spec.datacenters ?? {});
    const connection = this.#connections.get(name);
    if (finding.kind !== "healthy" || !connection) {
      connection?.abort.abort(new Error("the seed does not answer"));
      if (connection) delete connection.seed;
      const problem = finding.kind === "healthy" ? "" : finding.problem;
      registry.set(name, { kind: "unavailable", name, problem }, datacenters);
      return;
    }
    const settings = seedSettings(
      seed,
      installation().configuration,
      connection.kubeconfig === undefined ? own : (others ?? own),
    );
    if (!connection.seed || !isDeepStrictEqual(connection.seed.settings, settings)) {
      connection.abort.abort(new Error("the seed's settings changed"));
      connection.abort = new AbortController();
      connection.seed = { kind: "connected", settings, client: connection.client, signal: connection.abort.signal };
    }
    registry.set(name, connection.seed, datacenters);
  }

  #disconnect(name: string): void {
    const connection = this.#connections.get(name);
    if (!connection) return;
    this.#connections.delete(name);
    connection.abort.abort(new Error("the seed is no longer used"));
    if (connection.kubeconfig !== undefined) void connection.client.close();
  }

  #countClusters({ spec }: Seed): number {
    const datacenters = new Set(Object.keys(spec.datacenters ?? {}));
    return this.#options.clusters.list().filter((cluster) => datacenters.has(cluster.spec.cloud.dc)).length;
  }
}
