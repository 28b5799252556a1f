import type { Informer, KubeClient, ReconcileContext, Reconciler, Request, Result } from "@fairlead/kube";
import { type Cluster, clusterType, type Project, projectLabel, projectType } from "@fairlead/resources";
import { addFinalizer, removeFinalizer, writeStatus } from "../writes.ts";

const PROJECT_FINALIZER = "fairlead.dev/project-clusters";
const clustersPollMs = 500;

export interface ProjectReconcilerOptions {
  management: KubeClient;
  projects: Informer<Project>;
  clusters: Informer<Cluster>;
}

/** Makes Projects active, and deletes their clusters before they go. */
export class ProjectReconciler implements Reconciler {
  readonly #options: ProjectReconcilerOptions;

  constructor(options: ProjectReconcilerOptions) {
    this.#options = options;
  }

  async reconcile({ name }: Request, { signal, logger }: ReconcileContext): Promise<Result | undefined> {
    const { management } = this.#options;
    const project = this.#options.projects.get(name);
    if (!project) return undefined;
    const { deletionTimestamp, finalizers = [] } = project.metadata;
    if (!deletionTimestamp) {
      if (!finalizers.includes(PROJECT_FINALIZER)) {
        await addFinalizer(management, projectType, { object: project, finalizer: PROJECT_FINALIZER, signal });
      }
      await writeStatus(management, projectType, { object: project, status: { phase: "Active" }, signal });
      return undefined;
    }
    if (!finalizers.includes(PROJECT_FINALIZER)) return undefined;
    await writeStatus(management, projectType, { object: project, status: { phase: "Terminating" }, signal });
    const clusters = this.#options.clusters
      .list()
      .filter((cluster) => cluster.metadata.labels?.[projectLabel] === name);
    for (const cluster of clusters) {
      if (cluster.metadata.deletionTimestamp) continue;
      logger.info({ Cluster: cluster.metadata.name }, "Deleting a cluster of a deleted Project");
      await management.deleteIfExists(clusterType, { name: cluster.metadata.name ?? "" }, { signal });
    }
    if (clusters.length > 0) return { requeueAfterMs: clustersPollMs };
    await removeFinalizer(management, projectType, { object: project, finalizer: PROJECT_FINALIZER, signal });
    return undefined;
  }
}
