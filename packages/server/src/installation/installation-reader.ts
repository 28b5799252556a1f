import type { Installation } from "@fairlead/admission";
import type { KubeClient } from "@fairlead/kube";
import {
  type ClusterTemplate,
  clusterTemplateType,
  installationNamespace,
  kubermaticConfigurationType,
  type Seed,
  seedType,
} from "@fairlead/resources";

/** Long enough that a burst of requests reads once, short enough that nobody notices. */
const freshForMs = 1000;

/**
 * Reads KubermaticConfiguration, Seeds and the templates that those name from the management API; requests within one
 * second share a read.
 */
export class InstallationReader {
  readonly #client: KubeClient;
  #latest: { at: number; value: Promise<Installation> } | undefined;

  constructor(client: KubeClient) {
    this.#client = client;
  }

  read(): Promise<Installation> {
    const now = performance.now();
    if (this.#latest && now - this.#latest.at < freshForMs) return this.#latest.value;
    const latest = { at: now, value: this.#load() };
    this.#latest = latest;
    latest.value.catch(() => {
      if (this.#latest === latest) this.#latest = undefined;
    });
    return latest.value;
  }

  async #load(): Promise<Installation> {
    const inNamespace = { namespace: installationNamespace };
    const [configurations, seeds] = await Promise.all([
      this.#client.list(kubermaticConfigurationType, inNamespace),
      this.#client.list(seedType, inNamespace),
    ]);
    const defaultTemplates = await this.#defaultTemplates(seeds.items);
    return { configuration: configurations.items[0], seeds: seeds.items, defaultTemplates };
  }

  async #defaultTemplates(seeds: readonly Seed[]): Promise<ClusterTemplate[]> {
    const names = new Set(seeds.flatMap(({ spec }) => spec.defaultClusterTemplate || []));
    const found = await Promise.all([...names].map((name) => this.#client.find(clusterTemplateType, { name })));
    return found.flatMap((template) => template ?? []);
  }
}
