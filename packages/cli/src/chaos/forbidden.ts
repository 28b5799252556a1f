import { type Installation, ruleContext } from "@fairlead/admission";
import { Informer, type KubeClient } from "@fairlead/kube";
import { validateCreate } from "@fairlead/network";
import {
  type Cluster,
  clusterTemplateType,
  clusterType,
  kubermaticConfigurationType,
  seedType,
} from "@fairlead/resources";

/** Watches every Cluster that is ever stored, and notes those that the network rules forbid. */
export class RulesWatcher {
  readonly #found = new Set<string>();
  #watching = new AbortController();

  /** What was seen so far, each state once. */
  get found(): readonly string[] {
    return [...this.#found];
  }

  /** Begins to watch; after a restart again, with the new client. */
  async watch(management: KubeClient): Promise<void> {
    this.stop();
    this.#watching = new AbortController();
    const installation = await installationOf(management);
    const look = (cluster: Cluster) => this.#look(cluster, installation);
    const informer = new Informer<Cluster>({ client: management, type: clusterType });
    informer.addHandler({ onAdd: look, onUpdate: (_old, cluster) => look(cluster) });
    informer.start(this.#watching.signal);
  }

  stop(): void {
    this.#watching.abort();
  }

  #look(cluster: Cluster, installation: Installation): void {
    if (cluster.metadata.deletionTimestamp) return;
    const { errors } = validateCreate(cluster.spec, ruleContext(installation, cluster.spec.cloud.dc));
    for (const { field, message } of errors) this.#found.add(`${cluster.metadata.name}: ${field}: ${message}`);
  }
}

async function installationOf(management: KubeClient): Promise<Installation> {
  const [configurations, seeds, defaultTemplates] = await Promise.all([
    management.list(kubermaticConfigurationType),
    management.list(seedType),
    management.list(clusterTemplateType),
  ]);
  const [configuration] = configurations.items;
  return { ...(configuration ? { configuration } : {}), seeds: seeds.items, defaultTemplates: defaultTemplates.items };
}
