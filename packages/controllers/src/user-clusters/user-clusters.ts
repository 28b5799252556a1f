import { KubeClient } from "@fairlead/kube";

/** A user cluster that can be talked to. */
export interface UserCluster {
  readonly id: string;
  readonly client: KubeClient;
  /** The manager's kubeconfig for it, as text: for helm. Holds a private key, never to be logged. */
  readonly kubeconfig: string;
  /** Aborted when the cluster is disconnected. */
  readonly signal: AbortSignal;
}

export interface UserClustersOptions {
  /** A cluster in which nothing happens for that long falls asleep. Absent: none ever does. */
  sleepAfterMs?: number | undefined;
}

/** To one cluster. Each costs a TLS handshake, and memory in both processes. */
const maxConnections = 4;

type Listener = (cluster: UserCluster) => void;
/** `awake` is aborted when the cluster falls asleep or is disconnected. */
type AwakeListener = (cluster: UserCluster, awake: AbortSignal) => void;

interface Entry {
  readonly cluster: UserCluster;
  readonly abort: AbortController;
  /** Absent while it sleeps. */
  awake: AbortController | undefined;
  /** When something happened last, as `performance.now` counts. */
  touchedMs: number;
}

/** How often, in the time after which clusters sleep, it is looked for those that may. */
const sweepsInTime = 10;

/**
 * The user clusters whose API server is up, with one client each. The cluster controller connects and disconnects
 * them; controllers that work inside user clusters ask here and hear of changes.
 *
 * A connected cluster is awake or asleep. While it is awake its watches are open; one that sleeps is looked at from time to
 * time only, and costs no connection.
 */
export class UserClusters {
  readonly #connected = new Map<string, Entry>();
  readonly #listeners = new Set<Listener>();
  readonly #awakeListeners = new Set<AwakeListener>();
  readonly #sleepAfterMs: number | undefined;
  #sweeping: NodeJS.Timeout | undefined;

  constructor(options: UserClustersOptions = {}) {
    this.#sleepAfterMs = options.sleepAfterMs;
  }

  /**
   * Idempotent: the same kubeconfig keeps the client and its connections.
   * @param prepare run with the new client before anybody hears of the cluster; if it fails, the cluster stays unconnected
   */
  async connect(id: string, kubeconfig: string, prepare: (client: KubeClient) => Promise<void>): Promise<void> {
    if (this.#connected.get(id)?.cluster.kubeconfig === kubeconfig) return;
    this.disconnect(id);
    const client = KubeClient.fromKubeconfig(kubeconfig, { userAgent: "fairlead", maxConnections });
    try {
      await prepare(client);
    } catch (error) {
      await client.close();
      throw error;
    }
    const abort = new AbortController();
    const cluster: UserCluster = { id, client, kubeconfig, signal: abort.signal };
    const entry: Entry = { cluster, abort, awake: undefined, touchedMs: performance.now() };
    this.#connected.set(id, entry);
    for (const listener of this.#listeners) listener(cluster);
    this.#wake(entry);
    this.#keepSweeping();
  }

  disconnect(id: string): void {
    const existing = this.#connected.get(id);
    if (!existing) return;
    this.#connected.delete(id);
    existing.abort.abort();
    existing.awake?.abort();
    void existing.cluster.client.close();
  }

  get(id: string): UserCluster | undefined {
    return this.#connected.get(id)?.cluster;
  }

  /** For somebody who may change something in the cluster: wakes it, so that the change is seen at once. */
  use(id: string): UserCluster | undefined {
    this.touch(id);
    return this.get(id);
  }

  /** Something happened in the cluster, or is about to. */
  touch(id: string): void {
    const entry = this.#connected.get(id);
    if (!entry) return;
    entry.touchedMs = performance.now();
    if (!entry.awake) this.#wake(entry);
  }

  isAwake(id: string): boolean {
    return this.#connected.get(id)?.awake !== undefined;
  }

  /** Called for every cluster that is connected now or later. */
  onConnect(listener: Listener): void {
    this.#listeners.add(listener);
    for (const { cluster } of this.#connected.values()) listener(cluster);
  }

  /** Called for every cluster that is awake, each time that it wakes up; after those of `onConnect`. */
  onAwake(listener: AwakeListener): void {
    this.#awakeListeners.add(listener);
    for (const { cluster, awake } of this.#connected.values()) if (awake) listener(cluster, awake.signal);
  }

  closeAll(): void {
    clearInterval(this.#sweeping);
    this.#sweeping = undefined;
    for (const id of this.#connected.keys()) this.disconnect(id);
  }

  #wake(entry: Entry): void {
    const awake = new AbortController();
    entry.awake = awake;
    for (const listener of this.#awakeListeners) listener(entry.cluster, awake.signal);
  }

  #keepSweeping(): void {
    const after = this.#sleepAfterMs;
    if (after === undefined || this.#sweeping) return;
    this.#sweeping = setInterval(() => {
      for (const entry of this.#connected.values()) {
        if (!entry.awake || performance.now() - entry.touchedMs < after) continue;
        const { awake } = entry;
        entry.awake = undefined;
        awake.abort();
      }
    }, after / sweepsInTime);
    this.#sweeping.unref();
  }
}
