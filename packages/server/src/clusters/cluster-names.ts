import type { Informer, KubeClient } from "@fairlead/kube";
import { type Cluster, clusterType, projectLabel } from "@fairlead/resources";
import { fieldSelector } from "../authorization/memberships.ts";
import { conflict } from "../http/api-error.ts";
import { KeyedMutex } from "./keyed-mutex.ts";

interface Claim {
  projectId: string;
  name: string;
  /** Of the cluster that is renamed; none for a new one. */
  id?: string;
  /** Nothing is stored in the end. */
  dryRun: boolean;
}

const byName = "project and name";

/**
 * Keeps the names of a project's clusters apart: a name is claimed by one request at a time, so that two cannot take it.
 *
 * The API server answers whether a name is free by going through all clusters there are. So a cache of them is asked instead where
 * there is one; it is behind, which is made up for as far as this process wrote. Others, `kubectl` say, may be missed for that moment.
 */
export class ClusterNames {
  readonly #management: KubeClient;
  readonly #cache: Informer<Cluster> | undefined;
  readonly #names = new KeyedMutex();
  /** Claim -> id of what was stored with it, as long as the cache does not show that. */
  readonly #unseen = new Map<string, string>();

  /** @param cache of all Clusters, for the one process that serves the REST API; where there are several, they have to ask */
  constructor(management: KubeClient, cache?: Informer<Cluster>) {
    this.#management = management;
    this.#cache = cache;
    if (!cache) return;
    cache.addIndex(byName, (cluster) => [claimOf(cluster)]);
    const see = (cluster: Cluster) => this.#see(cluster);
    cache.addHandler({ onAdd: see, onUpdate: (_old, cluster) => see(cluster), onDelete: see });
  }

  /** Runs `store`, which stores a cluster of that name. @throws ApiError 409 if the name is taken */
  claim(claim: Claim, store: () => Promise<Cluster>): Promise<Cluster> {
    return this.#names.run(keyOf(claim), async () => {
      if (this.#mayBeTaken(claim) && (await this.#isTaken(claim))) {
        throw conflict(`cluster "${claim.name}" already exists`);
      }
      const cluster = await store();
      if (!claim.dryRun) this.#remember(cluster);
      return cluster;
    });
  }

  /** `false` is certain, as far as the cache goes. */
  #mayBeTaken(claim: Claim): boolean {
    const key = keyOf(claim);
    if (!this.#cache?.hasSynced || this.#unseen.has(key)) return true;
    return this.#cache.byIndex(byName, key).some((cluster) => isAnother(cluster, claim));
  }

  async #isTaken(claim: Claim): Promise<boolean> {
    const { projectId, name } = claim;
    const { items } = await this.#management.list(clusterType, {
      labelSelector: `${projectLabel}=${projectId}`,
      fieldSelector: fieldSelector({ "spec.humanReadableName": name }),
    });
    return items.some((cluster) => isAnother(cluster, claim));
  }

  /** The cache may have shown it before the API server's answer came. */
  #remember(cluster: Cluster): void {
    const { name = "" } = cluster.metadata;
    const key = claimOf(cluster);
    const isShown = this.#cache?.byIndex(byName, key).some(({ metadata }) => metadata.name === name) ?? true;
    if (!isShown) this.#unseen.set(key, name);
  }

  #see(cluster: Cluster): void {
    const key = claimOf(cluster);
    if (this.#unseen.get(key) === cluster.metadata.name) this.#unseen.delete(key);
  }
}

/** One may keep its own name. */
function isAnother({ metadata }: Cluster, { id }: Claim): boolean {
  return metadata.name !== id;
}

function claimOf({ metadata, spec }: Cluster): string {
  return keyOf({ projectId: metadata.labels?.[projectLabel] ?? "", name: spec.humanReadableName });
}

function keyOf({ projectId, name }: Pick<Claim, "projectId" | "name">): string {
  return `${projectId}/${name}`;
}
