import type { Informer, KubeClient, ReconcileContext, Reconciler, Request, Result } from "@fairlead/kube";
import { type Cluster, clusterType, type Project, projectLabel, projectType } from "@fairlead/resources";
import { FIELD_MANAGER } from "../names.ts";

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
    const project = this.#options.projects.get(name);
    if (!project) return undefined;
    const { deletionTimestamp, finalizers = [] } = project.metadata;
    if (!deletionTimestamp) {
      if (!finalizers.includes(PROJECT_FINALIZER)) {
        await this.#setFinalizers(project, [...finalizers, PROJECT_FINALIZER], signal);
      }
      await this.#setPhase(project, "Active", signal);
      return undefined;
    }
    if (!finalizers.includes(PROJECT_FINALIZER)) return undefined;
    await this.#setPhase(project, "Terminating", signal);
    const clusters = this.#options.clusters
      .list()
      .filter((cluster) => cluster.metadata.labels?.[projectLabel] === name);
    for (const cluster of clusters) {
      if (cluster.metadata.deletionTimestamp) continue;
      logger.info({ Cluster: cluster.metadata.name }, "Deleting a cluster of a deleted Project");
      await this.#options.management.deleteIfExists(clusterType, { name: cluster.metadata.name ?? "" }, { signal });
    }
    if (clusters.length > 0) return { requeueAfterMs: clustersPollMs };
    await this.#setFinalizers(
      project,
      finalizers.filter((finalizer) => finalizer !== PROJECT_FINALIZER),
      signal,
    );
    return undefined;
  }

  async #setFinalizers({ metadata }: Project, finalizers: string[], signal: AbortSignal): Promise<void> {
    const { name = "", resourceVersion } = metadata;
    const body = { metadata: { finalizers, resourceVersion } };
    await this.#options.management.mergePatch(projectType, { name }, body, { fieldManager: FIELD_MANAGER, signal });
  }

  async #setPhase(project: Project, phase: "Active" | "Terminating", signal: AbortSignal): Promise<void> {
    if (project.status?.phase === phase) return;
    const ref = { name: project.metadata.name ?? "" };
    await this.#options.management.mergePatchStatus(
      projectType,
      ref,
      { status: { phase } },
      { fieldManager: FIELD_MANAGER, signal },
    );
  }
}
