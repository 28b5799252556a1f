import type { KubeClient } from "@fairlead/kube";
import { type Cluster, clusterType, projectLabel } from "@fairlead/resources";
import { fieldSelector } from "../authorization/memberships.ts";
import { conflict } from "../http/api-error.ts";
import { KeyedMutex } from "./keyed-mutex.ts";

interface Claim {
  projectId: string;
  name: string;
  /** Of the cluster that is renamed; none for a new one. */
  id?: string;
}

/** Keeps the names of a project's clusters apart: a name is claimed by one request at a time, so that two cannot take it. */
export class ClusterNames {
  readonly #management: KubeClient;
  readonly #names = new KeyedMutex();

  constructor(management: KubeClient) {
    this.#management = management;
  }

  /** Runs `store`, which stores a cluster of that name. @throws ApiError 409 if the name is taken */
  claim({ projectId, name, id }: Claim, store: () => Promise<Cluster>): Promise<Cluster> {
    return this.#names.run(`${projectId}/${name}`, async () => {
      const { items } = await this.#management.list(clusterType, {
        labelSelector: `${projectLabel}=${projectId}`,
        fieldSelector: fieldSelector({ "spec.humanReadableName": name }),
      });
      if (items.some(({ metadata }) => metadata.name !== id)) throw conflict(`cluster "${name}" already exists`);
      return store();
    });
  }
}
