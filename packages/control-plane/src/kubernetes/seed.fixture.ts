import {
  builtin,
  defineResource,
  type HttpRequest,
  Informer,
  KubeClient,
  type KubeObject,
  type Pod,
  parseKubeconfig,
  waitFor,
} from "@fairlead/kube";
import { type Cluster, clusterNamespace } from "@fairlead/resources";
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
const storageClass = { apiVersion: "storage.k8s.io/v1", kind: "StorageClass" };
const storage = { group: "storage.k8s.io", version: "v1", namespaced: false };
const storageClassType = defineResource({ ...storage, kind: "StorageClass", plural: "storageclasses" });
const volumeType = defineResource({
  group: "",
  version: "v1",
  kind: "PersistentVolume",
  plural: "persistentvolumes",
  namespaced: false,
});

const seedSettings: SeedSettings = {
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
  #pods: Informer<Pod> | undefined;

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
    for (const pod of this.#pods?.list() ?? []) void this.#startPod(pod);
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
    const classObject = {
      ...storageClass,
      metadata: { name: "disks", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
      provisioner: "kubernetes.io/no-provisioner",
      volumeBindingMode: "WaitForFirstConsumer",
    };
    await this.client.create<KubeObject>(storageClassType, classObject);
    for (let index = 0; index < volumes; index++) await this.#createVolume(`disk-${index}`);
    const informer = new Informer({ client: this.client, type: builtin.Pod });
    informer.addHandler({
      onAdd: (pod) => void this.#startPod(pod),
      onUpdate: (_old, pod) => void this.#startPod(pod),
    });
    informer.start(this.#stop.signal);
    await informer.synced();
    this.#pods = informer;
  }

  async #createVolume(name: string): Promise<void> {
    const volume = {
      metadata: { name },
      spec: {
        capacity: { storage: "10Gi" },
        accessModes: ["ReadWriteOnce"],
        storageClassName: "disks",
        hostPath: { path: `/simulated/${name}` },
      },
    };
    await this.client.create<KubeObject>(volumeType, volume);
  }

  /** What Fairlead's controller does for simulated nodes: kwok then takes the pod for one that has its network. */
  async #startPod({ metadata, spec }: Pod): Promise<void> {
    const { name = "", namespace = "", labels, annotations } = metadata;
    const app = labels?.app ?? "";
    if (!this.#running.has(app) || !spec?.nodeName || annotations?.["fairlead.dev/sandbox"]) return;
    await this.client
      .mergePatch(builtin.Pod, { name, namespace }, { metadata: { annotations: { "fairlead.dev/sandbox": "ready" } } })
      .catch(() => undefined); // It is gone.
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
