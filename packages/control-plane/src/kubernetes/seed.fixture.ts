import {
  builtin,
  defineResource,
  type HttpRequest,
  KubeClient,
  type KubeObject,
  parseKubeconfig,
  waitFor,
} from "@fairlead/kube";
import { type Cluster, clusterNamespace } from "@fairlead/resources";
import { createSimulatedDisks, letPodsRun } from "@fairlead/testkit";
import { pino } from "pino";
import { testCluster } from "../cluster.fixture.ts";
import { LocalHarness } from "../local/harness.fixture.ts";
import { createAuthority, type KeyPair } from "../pki/certificate.ts";
import { ControlPlaneBlockedError, type ControlPlaneObservation } from "../provider.ts";
import type { TunnelStep } from "../tunnel/tunnel.ts";
import { KubernetesControlPlaneProvider } from "./provider.ts";
import type { SeedSettings } from "./seed-settings.ts";
import { Seeds } from "./seeds.ts";

const seedId = "seed";
/** Of the seed that tests have. */
export const seedSettings: SeedSettings = {
  name: "europe",
  domain: "fairlead.example",
  overwriteRegistry: "",
  webhooks: { kind: "pods", namespace: "kubermatic", labels: { app: "fairlead" }, port: 9443 },
  inside: true,
};

/** Counts what is sent to change something. */
class CountingClient extends KubeClient {
  writes: string[] = [];
  warnings: string[] = [];

  static for(kubeconfig: string): CountingClient {
    const client: CountingClient = new CountingClient({
      ...parseKubeconfig(kubeconfig),
      onWarning: (text) => client.warnings.push(text),
    });
    return client;
  }

  override request<T = unknown>(request: HttpRequest): Promise<T> {
    if (request.method !== "GET") this.writes.push(`${request.method} ${request.path}`);
    return super.request(request);
  }
}

/**
 * A seed of a real kube-apiserver, kube-controller-manager, scheduler and kwok, with a node and volumes. Its pods are
 * simulated and become ready only where `letRun` says so.
 */
export class SeedHarness {
  readonly local: LocalHarness;
  /** As Fairlead's provider. */
  readonly client: CountingClient;
  readonly seeds = new Seeds();
  readonly provider: KubernetesControlPlaneProvider;
  readonly webhookAuthority: KeyPair;
  readonly #stop = new AbortController();
  readonly #running = new Set<string>();
  #startPods: (() => void) | undefined;

  private constructor(local: LocalHarness, webhookAuthority: KeyPair) {
    this.local = local;
    this.webhookAuthority = webhookAuthority;
    this.client = CountingClient.for(local.observation(seedId).managerKubeconfig);
    this.provider = new KubernetesControlPlaneProvider({
      seeds: this.seeds,
      webhookAuthority,
      logger: pino({ level: "silent" }),
      lookup: async () => ["198.51.100.7", "198.51.100.8"],
    });
    this.connect();
  }

  static async start(): Promise<SeedHarness> {
    const local = await LocalHarness.start();
    try {
      await local.up(testCluster({ id: seedId }));
      const harness = new SeedHarness(local, await createAuthority("webhook", new Date()));
      await harness.#prepare();
      return harness;
    } catch (error) {
      await local[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Makes the seed known to the provider, with other settings if need be. */
  connect(settings: Partial<SeedSettings> = {}): void {
    const signal = this.#stop.signal;
    this.seeds.set(
      "europe",
      { kind: "connected", settings: { ...seedSettings, ...settings }, client: this.client, signal },
      ["local"],
    );
  }

  /** Lets pods of these apps become ready, from now on. */
  letRun(...apps: string[]): void {
    for (const app of apps) this.#running.add(app);
    this.#startPods?.();
  }

  /** Calls `ensure` again and again, as the cluster controller does, until the condition holds. */
  async ensureUntil(
    cluster: Cluster,
    what: string,
    condition: (observation: ControlPlaneObservation) => boolean,
    tunnel?: TunnelStep,
  ): Promise<ControlPlaneObservation> {
    return await waitFor(
      async () => {
        const observation = await this.ensure(cluster, tunnel);
        return observation && condition(observation) && observation;
      },
      { what, timeoutMs: 150_000, intervalMs: 300 },
    );
  }

  /** Undefined while the API server has no address. */
  async ensure(cluster: Cluster, tunnel?: TunnelStep): Promise<ControlPlaneObservation | undefined> {
    try {
      return await this.provider.ensure(cluster, { signal: this.#stop.signal, ...(tunnel ? { tunnel } : {}) });
    } catch (error) {
      if (error instanceof ControlPlaneBlockedError && error.reason === "AddressPending") return undefined;
      throw error;
    }
  }

  up(cluster: Cluster, tunnel?: TunnelStep): Promise<ControlPlaneObservation> {
    return this.ensureUntil(
      cluster,
      `control plane of ${cluster.metadata.name}`,
      ({ health, activity }) => activity === undefined && Object.values(health).every((state) => state === "up"),
      tunnel,
    );
  }

  /** Every object of a namespace, by kind, whatever kinds there are. */
  async objectsIn(namespace: string): Promise<KubeObject[]> {
    const found = await Promise.all(listedTypes.map((type) => this.client.list<KubeObject>(type, { namespace })));
    return found.flatMap(({ items }) => items);
  }

  async names(type: Parameters<KubeClient["list"]>[0], clusterId: string): Promise<string[]> {
    const { items } = await this.client.list(type, { namespace: clusterNamespace(clusterId) });
    return items.map(({ metadata }) => metadata.name ?? "").sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.client.close();
    await this.local[Symbol.asyncDispose]();
  }

  async #prepare(): Promise<void> {
    await this.local.createNode(seedId, "node-0");
    await this.local.setNetworkReady(seedId, { name: "node-0", ready: true });
    await createSimulatedDisks(this.client, volumes);
    this.#startPods = await letPodsRun(this.client, {
      signal: this.#stop.signal,
      filter: ({ metadata }) => this.#running.has(metadata.labels?.app ?? ""),
    });
  }
}

const volumes = 20;

const inNamespace = (group: string, kind: string, plural: string) =>
  defineResource({ group, version: "v1", kind, plural, namespaced: true });

const listedTypes = [
  builtin.Secret,
  builtin.ConfigMap,
  builtin.Service,
  builtin.Deployment,
  builtin.StatefulSet,
  inNamespace("policy", "PodDisruptionBudget", "poddisruptionbudgets"),
  inNamespace("networking.k8s.io", "NetworkPolicy", "networkpolicies"),
];
