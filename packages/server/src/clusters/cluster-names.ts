import type { KubeClient } from "@fairlead/kube";
import { type Cluster, clusterType, projectLabel } from "@fairlead/resources";
import { conflict } from "../http/api-error.ts";
import { KeyedMutex } from "./keyed-mutex.ts";

interface Claim {
  projectId: string;
  name: string;
  /** Of the cluster that is renamed; none for a new one. */
  id?: string;
}

/** Keeps the names of a project's clusters apart: names are claimed one at a time, so that two requests cannot take one. */
export class ClusterNames {
  readonly #management: KubeClient;
  readonly #projects = new KeyedMutex();

  constructor(management: KubeClient) {
    this.#management = management;
  }

  /** Runs `store`, which stores a cluster of that name. @throws ApiError 409 if the name is taken */
  claim({ projectId, name, id }: Claim, store: () => Promise<Cluster>): Promise<Cluster> {
    return this.#projects.run(projectId, async () => {
      const { items } = await this.#management.list(clusterType, { labelSelector: `${projectLabel}=${projectId}` });
      const taken = items.some(({ metadata, spec }) => spec.humanReadableName === name && metadata.name !== id);
      if (taken) throw conflict(`cluster "${name}" already exists`);
      return store();
    });
  }
}
