import { type ControlPlaneObservation, type ControlPlaneProvider, wantedTunnel } from "@fairlead/control-plane";
import type { Cluster } from "@fairlead/resources";

/** How to reach the control planes that run already. */
export interface StandInAccess {
  /** The base of all. */
  url: string;
  ca: string;
  cert: string;
  key: string;
}

/**
 * Hands out control planes of the stand-in: they are up at once, and cost nothing. Only for benchmarks: what a real provider
 * does for a cluster is not measured with it.
 */
export class BenchProvider implements ControlPlaneProvider {
  readonly #access: StandInAccess;
  readonly #observations = new Map<string, ControlPlaneObservation>();
  /** Clusters whose control planes are real. */
  readonly #real: ControlPlaneProvider | undefined;

  constructor(access: StandInAccess, real?: ControlPlaneProvider) {
    this.#access = access;
    this.#real = real;
  }

  async ensure(cluster: Cluster, context: Parameters<ControlPlaneProvider["ensure"]>[1]) {
    const id = cluster.metadata.name ?? "";
    if (this.#real && isReal(id)) return await this.#real.ensure(cluster, context);
    const use = context.tunnel?.use ?? wantedTunnel(cluster);
    const known = this.#observations.get(id);
    const version = cluster.spec.version.replace(/^v/, "");
    if (known?.version === version && known.tunnel?.inUse === use) return known;
    const observation = this.#observation(id, version, use);
    this.#observations.set(id, observation);
    return observation;
  }

  observe(clusterId: string): ControlPlaneObservation | undefined {
    return this.#observations.get(clusterId) ?? this.#real?.observe(clusterId);
  }

  async remove(cluster: Cluster, context: { signal: AbortSignal }): Promise<boolean> {
    const id = cluster.metadata.name ?? "";
    if (this.#real && isReal(id)) return await this.#real.remove(cluster, context);
    this.#observations.delete(id);
    return true;
  }

  onChange(listener: (clusterId: string) => void): () => void {
    return this.#real?.onChange(listener) ?? (() => undefined);
  }

  #observation(id: string, version: string, inUse: "konnectivity" | "openvpn"): ControlPlaneObservation {
    const { url } = this.#access;
    const kubeconfig = this.#kubeconfig(`${url}/clusters/${id}`);
    const { hostname: host, port } = new URL(url);
    return {
      health: { etcd: "up", apiserver: "up", controllerManager: "up", scheduler: "up" },
      address: { url, host, port: Number(port) },
      version,
      adminKubeconfig: kubeconfig,
      managerKubeconfig: kubeconfig,
      tunnel: {
        health: "up",
        inUse,
        endpoints: { konnectivity: { host, port: 8132 }, openvpn: { host, port: 1194 } },
      },
    };
  }

  #kubeconfig(server: string): string {
    const base64 = (text: string) => Buffer.from(text).toString("base64");
    const { ca, cert, key } = this.#access;
    return JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      "current-context": "bench",
      clusters: [{ name: "bench", cluster: { server, "certificate-authority-data": base64(ca) } }],
      users: [{ name: "bench", user: { "client-certificate-data": base64(cert), "client-key-data": base64(key) } }],
      contexts: [{ name: "bench", context: { cluster: "bench", user: "bench" } }],
    });
  }
}

function isReal(clusterId: string): boolean {
  return clusterId.startsWith("real-");
}
