import { clusterFromTemplate, type Installation, templateProblems, withTemplateRequests } from "@fairlead/admission";
import {
  EventRecorder,
  type Informer,
  isAlreadyExists,
  type KubeClient,
  type ReconcileContext,
  type Reconciler,
  type Request,
  type Result,
  StatusError,
} from "@fairlead/kube";
import {
  type Cluster,
  type ClusterTemplate,
  type ClusterTemplateInstance,
  clusterTemplateInstanceType,
  clusterType,
  type InstantiatedCluster,
  type Project,
  projectLabel,
  templateInstanceLabel,
} from "@fairlead/resources";
import { FIELD_MANAGER } from "../names.ts";
import { writeStatus } from "../writes.ts";
import { type PlannedCluster, planInstance } from "./plan.ts";
import { isComplete, progress, waiting } from "./status.ts";

/** What refused a cluster may be gone: a limit, a policy, a datacenter that was being set up. */
const retryRefusedMs = 60_000;

export interface ClusterTemplateInstanceReconcilerOptions {
  management: KubeClient;
  instances: Informer<ClusterTemplateInstance>;
  templates: Informer<ClusterTemplate>;
  projects: Informer<Project>;
  installation: () => Installation;
}

/** Creates the clusters that ClusterTemplateInstances ask for, and says of each what became of it. */
export class ClusterTemplateInstanceReconciler implements Reconciler {
  readonly #options: ClusterTemplateInstanceReconcilerOptions;
  readonly #events: EventRecorder;

  constructor(options: ClusterTemplateInstanceReconcilerOptions) {
    this.#options = options;
    this.#events = new EventRecorder({
      client: options.management,
      reportingController: "fairlead.dev/cluster-template-instance",
    });
  }

  async reconcile({ name }: Request, { signal, logger }: ReconcileContext): Promise<Result | undefined> {
    const instance = this.#options.instances.get(name);
    if (!instance || instance.metadata.deletionTimestamp || isComplete(instance)) return undefined;
    const { projectID, clusterTemplateID, clusterTemplateName } = instance.spec;
    const template = this.#options.templates.get(clusterTemplateID);
    const project = this.#options.projects.get(projectID);
    const obstacle = obstacleOf(instance, template, project);
    if (obstacle || !template) {
      await this.#write(instance, waiting(instance, ...(obstacle ?? ["TemplateNotFound", ""])), signal);
      return undefined; // The template or the project that comes back is an event.
    }
    // As stored, not as cached: what an interrupted attempt has created must be known.
    const labelSelector = `${projectLabel}=${projectID}`;
    const { items } = await this.#options.management.list(clusterType, { labelSelector, signal });
    const plan = planInstance(instance, items, clusterTemplateName || template.spec.humanReadableName);
    const places = [...plan.places];
    let written = await this.#write(instance, progress(instance, places, new Date()), signal);
    for (const planned of plan.missing) {
      signal.throwIfAborted();
      const outcome = await this.#create(instance, template, planned);
      logger.info({ Cluster: planned.id, state: outcome.state }, "Creating a cluster from a template");
      places[planned.place] = outcome;
      written = await this.#write(written, progress(written, places, new Date()), signal);
      await this.#tell(instance, outcome, signal);
    }
    return places.some((entry) => entry?.state === "Refused") ? { requeueAfterMs: retryRefusedMs } : undefined;
  }

  /** @throws what is no refusal: then nobody knows, and the next attempt finds out */
  async #create(
    instance: ClusterTemplateInstance,
    template: ClusterTemplate,
    { id, name }: PlannedCluster,
  ): Promise<InstantiatedCluster> {
    const labels = { [templateInstanceLabel]: instance.metadata.name ?? "" };
    const cluster = this.#clusterOf(template, { id, name, project: instance.spec.projectID, labels });
    try {
      // To its end: a manager that stops should not leave open what it has done.
      await this.#options.management.create(clusterType, cluster, { fieldManager: FIELD_MANAGER });
    } catch (error) {
      if (isAlreadyExists(error))
        return { name, state: "Refused", message: `the id ${id} is taken by a cluster elsewhere` };
      if (!isRefusal(error)) throw error;
      return { name, state: "Refused", message: error.message };
    }
    return { name, state: "Created", id };
  }

  /** Complete without the webhooks, too: an installation may be without them. */
  #clusterOf(template: ClusterTemplate, identity: Parameters<typeof clusterFromTemplate>[1]): Cluster {
    const { spec, metadata } = clusterFromTemplate(template, identity);
    const installation = this.#options.installation();
    const annotations = withTemplateRequests(metadata.annotations ?? {}, { spec, template, installation });
    return { metadata: { ...metadata, annotations }, spec };
  }

  async #write(
    instance: ClusterTemplateInstance,
    status: object,
    signal: AbortSignal,
  ): Promise<ClusterTemplateInstance> {
    await writeStatus(this.#options.management, clusterTemplateInstanceType, { object: instance, status, signal });
    return { ...instance, status: { ...instance.status, ...status } };
  }

  async #tell(instance: ClusterTemplateInstance, outcome: InstantiatedCluster, signal: AbortSignal): Promise<void> {
    const refused = outcome.state === "Refused";
    const text = {
      type: refused ? "Warning" : "Normal",
      reason: refused ? "ClusterRefused" : "ClusterCreated",
      action: "CreateCluster",
      note: refused ? `${outcome.name}: ${outcome.message}` : `${outcome.name} (${outcome.id})`,
    } as const;
    await this.#events.record(instance, text, signal);
  }
}

/** What keeps all of its clusters from being created, as reason and message of a condition. */
function obstacleOf(
  { spec }: ClusterTemplateInstance,
  template: ClusterTemplate | undefined,
  project: Project | undefined,
): [reason: string, message: string] | undefined {
  if (!project) return ["ProjectNotFound", `spec.projectID: there is no project "${spec.projectID}"`];
  if (project.metadata.deletionTimestamp) {
    return ["ProjectBeingDeleted", `spec.projectID: project "${spec.projectID}" is being deleted`];
  }
  if (!template) {
    return ["TemplateNotFound", `spec.clusterTemplateID: there is no ClusterTemplate "${spec.clusterTemplateID}"`];
  }
  const example = clusterFromTemplate(template, { id: "", name: "", project: spec.projectID });
  const [problem] = templateProblems(example, template);
  return problem && ["TemplateNotUsable", `spec.clusterTemplateID: ${problem.message}`];
}

/** The API server's answer to the cluster itself, which another attempt would get again. */
function isRefusal(error: unknown): error is StatusError {
  return (
    error instanceof StatusError && error.code >= 400 && error.code < 500 && error.code !== 409 && error.code !== 429
  );
}
