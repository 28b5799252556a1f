import { ADMIN_KUBECONFIG_SECRET } from "@fairlead/controllers";
import { builtin, KubeClient } from "@fairlead/kube";
import { clusterNamespace } from "@fairlead/resources";

/**
 * Clients of user clusters for a replica that does not lead, made of the kubeconfigs that the leader publishes: the REST
 * API answers on every replica.
 */
export class KubeconfigClients {
  readonly #management: KubeClient;
  readonly #clients = new Map<string, { kubeconfig: string; client: KubeClient }>();

  constructor(management: KubeClient) {
    this.#management = management;
  }

  /** Undefined while the cluster has no kubeconfig. */
  async get(clusterId: string): Promise<KubeClient | undefined> {
    const ref = { name: ADMIN_KUBECONFIG_SECRET, namespace: clusterNamespace(clusterId) };
    const kubeconfig = (await this.#management.find(builtin.Secret, ref))?.data?.kubeconfig;
    const known = this.#clients.get(clusterId);
    if (known && known.kubeconfig === kubeconfig) return known.client;
    if (known) void known.client.close();
    this.#clients.delete(clusterId);
    if (!kubeconfig) return undefined;
    const client = KubeClient.fromKubeconfig(Buffer.from(kubeconfig, "base64").toString("utf8"), {
      userAgent: "fairlead",
    });
    this.#clients.set(clusterId, { kubeconfig, client });
    return client;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#clients.values()].map(({ client }) => client.close()));
  }
}
