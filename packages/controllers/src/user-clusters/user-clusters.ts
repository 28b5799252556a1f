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

type Listener = (cluster: UserCluster) => void;

/**
 * The user clusters whose API server is up, with one client each. The cluster controller connects and disconnects
 * them; controllers that work inside user clusters ask here and hear of changes.
 */
export class UserClusters {
  readonly #connected = new Map<string, { cluster: UserCluster; abort: AbortController }>();
  readonly #listeners = new Set<Listener>();

  /**
   * Idempotent: the same kubeconfig keeps the client and its connections.
   * @param prepare run with the new client before anybody hears of the cluster; if it fails, the cluster stays unconnected
   */
  async connect(id: string, kubeconfig: string, prepare: (client: KubeClient) => Promise<void>): Promise<void> {
    if (this.#connected.get(id)?.cluster.kubeconfig === kubeconfig) return;
    this.disconnect(id);
    const client = KubeClient.fromKubeconfig(kubeconfig, { userAgent: "fairlead" });
    try {
      await prepare(client);
    } catch (error) {
      await client.close();
      throw error;
    }
    const abort = new AbortController();
    const cluster: UserCluster = { id, client, kubeconfig, signal: abort.signal };
    this.#connected.set(id, { cluster, abort });
    for (const listener of this.#listeners) listener(cluster);
  }

  disconnect(id: string): void {
    const existing = this.#connected.get(id);
    if (!existing) return;
    this.#connected.delete(id);
    existing.abort.abort();
    void existing.cluster.client.close();
  }

  get(id: string): UserCluster | undefined {
    return this.#connected.get(id)?.cluster;
  }

  /** Called for every cluster that is connected now or later. */
  onConnect(listener: Listener): void {
    this.#listeners.add(listener);
    for (const { cluster } of this.#connected.values()) listener(cluster);
  }

  closeAll(): void {
    for (const id of this.#connected.keys()) this.disconnect(id);
  }
}
