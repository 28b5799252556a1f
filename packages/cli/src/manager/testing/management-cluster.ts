import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Supervisor } from "@fairlead/components";
import { LocalControlPlaneProvider, localWebhookPki } from "@fairlead/control-plane";
import { builtin, KubeClient, waitFor } from "@fairlead/kube";
import { createSimulatedDisks, letPodsRun } from "@fairlead/testkit";
import { pino } from "pino";

const id = "management";
const logger = pino({ level: "silent" });

/**
 * A Kubernetes cluster to install Fairlead in: real kube-apiserver, kube-controller-manager and scheduler, a simulated node
 * whose pods run, and simulated disks.
 */
export class ManagementCluster implements AsyncDisposable {
  readonly directory: string;
  readonly kubeconfig: string;
  readonly server: URL;
  /** As its administrator. */
  readonly client: KubeClient;
  readonly #stack: AsyncDisposableStack;

  private constructor(directory: string, kubeconfig: string, stack: AsyncDisposableStack) {
    this.directory = directory;
    this.kubeconfig = kubeconfig;
    this.client = KubeClient.fromKubeconfig(kubeconfig);
    this.server = new URL(this.client.server);
    this.#stack = stack;
    stack.defer(() => this.client.close());
  }

  static async start(): Promise<ManagementCluster> {
    await using stack = new AsyncDisposableStack();
    const directory = await mkdtemp(join(tmpdir(), "fairlead chart "));
    stack.defer(() => rm(directory, { recursive: true, force: true }));
    const supervisor = new Supervisor({ stateDirectory: join(directory, "processes"), logger });
    stack.defer(() => supervisor.stopAll());
    const { authority } = await localWebhookPki(join(directory, "webhook"));
    const options = { directory: join(directory, "clusters"), supervisor, webhookAuthority: authority, logger };
    const provider = await LocalControlPlaneProvider.start(options);
    stack.defer(() => provider.close());
    const signal = AbortSignal.timeout(300_000);
    await provider.ensure(cluster, { signal, logger });
    const kubeconfig = await waitFor(
      () => {
        const observation = provider.observe(id);
        const isUp = Object.values(observation?.health ?? {}).every((health) => health === "up");
        return isUp && observation?.managerKubeconfig;
      },
      { what: "the management cluster", timeoutMs: 150_000 },
    );
    const started = new ManagementCluster(directory, kubeconfig, stack.move());
    try {
      await started.#prepare();
      return started;
    } catch (error) {
      await started[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #prepare(): Promise<void> {
    const annotations = { "kwok.x-k8s.io/node": "fake", "fairlead.dev/network-ready": "true" };
    await this.client.create(builtin.Node, { metadata: { name: "node-0", annotations } });
    await createSimulatedDisks(this.client, disks);
    const stop = new AbortController();
    this.#stack.defer(() => stop.abort());
    await letPodsRun(this.client, { signal: stop.signal });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

const disks = 12;

const cluster = {
  metadata: { name: id },
  spec: {
    humanReadableName: "management",
    version: "1.36.3",
    cloud: { dc: "local", providerName: "bringyourown" as const, bringyourown: {} },
    cniPlugin: { type: "canal" as const, version: "v3.31" },
    clusterNetwork: {
      pods: { cidrBlocks: ["172.25.0.0/16"] },
      services: { cidrBlocks: ["10.240.16.0/20"] },
      proxyMode: "iptables" as const,
      dnsDomain: "cluster.local",
    },
  },
};
