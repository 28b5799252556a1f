import { lookup } from "node:dns/promises";
import { builtin, ConnectionError, Informer, type KubeObject, type ResourceType } from "@fairlead/kube";
import type { Cluster } from "@fairlead/resources";
import type { Logger } from "pino";
import type { KeyPair } from "../pki/certificate.ts";
import { ControlPlaneBlockedError, type ControlPlaneObservation, type ControlPlaneProvider } from "../provider.ts";
import type { TunnelStep } from "../tunnel/tunnel.ts";
import { CLUSTER_LABEL } from "./manifests/pod.ts";
import { ensureSeedCluster, removeSeedCluster } from "./seed-cluster.ts";
import type { ConnectedSeed, Seeds } from "./seeds.ts";

export interface KubernetesControlPlaneProviderOptions {
  seeds: Seeds;
  /** Of Fairlead's admission webhooks: API servers get client certificates of it. */
  webhookAuthority: KeyPair;
  logger: Logger;
  /** All addresses of a name; default: as this machine resolves it. */
  lookup?: (host: string) => Promise<string[]>;
}

const retryAfterMs = 10_000;

/**
 * Runs control planes as Deployments and a StatefulSet in namespace `cluster-<id>` of the seed that the cluster's
 * datacenter belongs to. All state is in the seed: any replica of Fairlead continues where another one ended.
 */
export class KubernetesControlPlaneProvider implements ControlPlaneProvider {
  readonly #options: KubernetesControlPlaneProviderOptions;
  readonly #known = new Map<string, ControlPlaneObservation>();
  readonly #listeners = new Set<(clusterId: string) => void>();
  readonly #followed = new WeakSet<ConnectedSeed>();

  constructor(options: KubernetesControlPlaneProviderOptions) {
    this.#options = options;
    options.seeds.onChange((state) => {
      if (state.kind === "connected") this.#follow(state);
    });
  }

  async ensure(
    cluster: Cluster,
    { signal, tunnel }: { signal: AbortSignal; tunnel?: TunnelStep },
  ): Promise<ControlPlaneObservation> {
    const id = cluster.metadata.name ?? "";
    const observation = await this.#withSeed(cluster, signal, ({ client, settings }, both) =>
      ensureSeedCluster(cluster, {
        client,
        settings,
        webhookAuthority: this.#options.webhookAuthority,
        lookup: this.#options.lookup ?? addressesOf,
        tunnel,
        before: this.#known.get(id)?.health,
        signal: both,
      }),
    );
    this.#known.set(id, observation);
    return observation;
  }

  observe(clusterId: string): ControlPlaneObservation | undefined {
    return this.#known.get(clusterId);
  }

  async remove(cluster: Cluster, { signal }: { signal: AbortSignal }): Promise<boolean> {
    const id = cluster.metadata.name ?? "";
    this.#known.delete(id);
    return await this.#withSeed(cluster, signal, ({ client }, both) => removeSeedCluster(id, { client, signal: both }));
  }

  onChange(listener: (clusterId: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Talks to the cluster's seed, for as long as that answers. @throws ControlPlaneBlockedError if it does not */
  async #withSeed<T>(
    cluster: Cluster,
    signal: AbortSignal,
    work: (seed: ConnectedSeed, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const seed = this.#seedOf(cluster);
    try {
      return await work(seed, AbortSignal.any([signal, seed.signal]));
    } catch (cause) {
      if (signal.aborted || !(seed.signal.aborted || cause instanceof ConnectionError)) throw cause;
      throw unavailable(seed.settings.name, cause instanceof Error ? cause.message : String(cause), cause);
    }
  }

  #seedOf({ spec }: Cluster): ConnectedSeed {
    const datacenter = spec.cloud.dc;
    const state = this.#options.seeds.forDatacenter(datacenter);
    if (state === undefined) {
      const message = `spec.cloud.dc: no seed has the datacenter "${datacenter}"`;
      throw new ControlPlaneBlockedError("SeedUnknown", message, { retryAfterMs });
    }
    if (state.kind === "unavailable") throw unavailable(state.name, state.problem);
    return state;
  }

  /** Tells of every change of a control plane's workloads. One watch a kind and seed, whatever the number of clusters. */
  #follow(seed: ConnectedSeed): void {
    if (this.#followed.has(seed) || seed.signal.aborted) return;
    this.#followed.add(seed);
    for (const type of [builtin.Deployment, builtin.StatefulSet] as ResourceType[]) {
      const informer = new Informer<KubeObject>({
        client: seed.client,
        type,
        labelSelector: CLUSTER_LABEL,
        transform: withoutContent,
        logger: this.#options.logger.child({ seed: seed.settings.name }),
      });
      const changed = (object: KubeObject) => {
        const id = object.metadata.labels?.[CLUSTER_LABEL];
        if (id) for (const listener of this.#listeners) listener(id);
      };
      informer.addHandler({ onAdd: changed, onUpdate: (_old, object) => changed(object), onDelete: changed });
      informer.start(seed.signal);
    }
  }
}

/** Only that something changed is of interest; what, is read then. */
function withoutContent({ metadata }: KubeObject): KubeObject {
  const { name, namespace, resourceVersion, labels } = metadata;
  const id = labels?.[CLUSTER_LABEL];
  return {
    metadata: {
      ...(name ? { name } : {}),
      ...(namespace ? { namespace } : {}),
      ...(resourceVersion ? { resourceVersion } : {}),
      ...(id ? { labels: { [CLUSTER_LABEL]: id } } : {}),
    },
  };
}

function unavailable(seed: string, problem: string, cause?: unknown): ControlPlaneBlockedError {
  return new ControlPlaneBlockedError("SeedUnavailable", `Seed ${seed} cannot be reached: ${problem}`, {
    cause,
    retryAfterMs,
  });
}

async function addressesOf(host: string): Promise<string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}
