import { catalogueOf, type Installation, summarizeProblems, type WebhookConfigurations } from "@fairlead/admission";
import {
  ControlPlaneBlockedError,
  type ControlPlaneObservation,
  type ControlPlaneProvider,
} from "@fairlead/control-plane";
import {
  applyObjects,
  builtin,
  ConnectionError,
  type Informer,
  type KubeClient,
  keyOf,
  type ReconcileContext,
  type Reconciler,
  type Request,
  type Result,
  refOf,
  type Secret,
} from "@fairlead/kube";
import { findVersion } from "@fairlead/network";
import {
  addonType,
  type Cluster,
  type ClusterTemplate,
  clusterNamespace,
  clusterTemplateAnnotation,
  clusterType,
  controlPlaneFinalizer,
  initialMachineDeploymentAnnotation,
} from "@fairlead/resources";
import { FIELD_MANAGER, KUBE_SYSTEM } from "../names.ts";
import type { TunnelPlan } from "../tunnel/plan.ts";
import { createInitialNodes, prepareUserCluster } from "../user-clusters/prepare.ts";
import { CircuitOpenError, NotItsTurnError, type UserClusters } from "../user-clusters/user-clusters.ts";
import { removeFinalizer, writeStatus } from "../writes.ts";
import { admit } from "./admit.ts";
import { cniLacks, type WantedCni } from "./cni-settled.ts";
import { initialMachineDeployment } from "./initial-nodes.ts";
import { isUpgradePending, planVersion, type VersionPlan } from "./kubernetes-version.ts";
import { clusterLabel, isPublished } from "./published.ts";
import {
  acceptedStatus,
  blockedStatus,
  queuedStatus,
  refusedStatus,
  type StatusPatch,
  unavailableStatus,
} from "./status.ts";

export const ADMIN_KUBECONFIG_SECRET = "admin-kubeconfig";
const namespacePollMs = 300;
const obstaclePollMs = 5_000;

const notConnected = {
  reason: "WaitingForCluster",
  message: "the cluster has to work before its Kubernetes version is raised: its API server does not answer yet",
};
const unreachableRetryMs = 5_000;
/** It is told when its turn comes. Drawn between half and one and a half of it: thousands that wait would come back all at once. */
const notItsTurnRetryMs = 4 * 60_000;
/** Certificates are renewed and names looked up anew at the latest then. */
const resyncMs = 6 * 60 * 60 * 1000;
/** The set of what is in a user cluster for its control plane's sake. */
const CONTROL_PLANE_SET = { name: "control-plane", namespace: KUBE_SYSTEM };

export interface ClusterReconcilerOptions {
  management: KubeClient;
  clusters: Informer<Cluster>;
  templates: Informer<ClusterTemplate>;
  /** Those with {@link clusterLabel}. */
  namespaces: Informer;
  /** Secrets of that name, by {@link digestOnly}. */
  kubeconfigs: Informer<Secret>;
  installation: () => Installation;
  provider: ControlPlaneProvider;
  userClusters: UserClusters;
  /** Of the user cluster with this id. */
  webhooks: (clusterId: string) => WebhookConfigurations;
  /** Where the cluster's tunnel is on its way from one kind to the other. */
  tunnelOf: (cluster: Cluster) => TunnelPlan;
}

/** Defaults and validates Clusters, runs their control planes, and writes address, health and kubeconfig. */
export class ClusterReconciler implements Reconciler {
  readonly #options: ClusterReconcilerOptions;
  /** Work on a control plane that a deletion has to interrupt, by cluster id. */
  readonly #starting = new Map<string, AbortController>();
  /** Clusters that went without waiting for us, as they were last, by id. */
  readonly #lost = new Map<string, Cluster>();

  constructor(options: ClusterReconcilerOptions) {
    this.#options = options;
    options.clusters.addHandler({
      onUpdate: (_old, cluster) => {
        if (cluster.metadata.deletionTimestamp) this.#starting.get(cluster.metadata.name ?? "")?.abort();
      },
      // An API server that has begun with a deletion does not look again for a finalizer that is added meanwhile.
      onDelete: (cluster) => {
        const { name = "", finalizers, deletionTimestamp } = cluster.metadata;
        if (deletionTimestamp || !finalizers?.includes(controlPlaneFinalizer)) return;
        this.#lost.set(name, cluster);
        this.#starting.get(name)?.abort();
      },
    });
  }

  async reconcile({ name }: Request, context: ReconcileContext): Promise<Result | undefined> {
    const cluster = this.#options.clusters.get(name);
    if (!cluster) return await this.#removeLost(name, context);
    if (cluster.metadata.deletionTimestamp) {
      return await this.#unlessBlocked(cluster, context, () => this.#remove(cluster, context));
    }
    if (cluster.spec.pause) return undefined;
    if (!cluster.metadata.finalizers?.includes(controlPlaneFinalizer)) {
      await this.#adopt(cluster, context.signal);
      return undefined; // The write comes back as an event.
    }
    const template = this.#options.templates.get(cluster.metadata.annotations?.[clusterTemplateAnnotation] ?? "");
    const admission = admit(cluster, this.#options.installation(), template);
    if (!admission.accepted) {
      context.logger.info({ errors: admission.errors.length }, "Refusing to act on an invalid Cluster");
      await this.#writeStatus(
        cluster,
        refusedStatus(cluster, summarizeProblems(admission.errors), new Date()),
        context.signal,
      );
      return undefined;
    }
    if (admission.patch) {
      await this.#patch(cluster, { spec: admission.patch }, context.signal);
      return undefined;
    }
    return await this.#unlessBlocked(cluster, context, () => this.#run(cluster, context));
  }

  /** Tells the cluster's owner what has to happen first, and comes back later. */
  async #unlessBlocked(
    cluster: Cluster,
    { logger, signal }: ReconcileContext,
    work: () => Promise<Result | undefined>,
  ): Promise<Result | undefined> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof NotItsTurnError) return await this.#awaitTurn(cluster, signal);
      if (!(error instanceof ControlPlaneBlockedError)) throw error;
      logger.info({ reason: error.reason, message: error.message }, "Waiting for something outside");
      // `work` may have written status itself, and then the event of that is on its way.
      await this.#writeStatus(cluster, blockedStatus(cluster, error, new Date()), signal);
      return { requeueAfterMs: error.retryAfterMs };
    }
  }

  async #run(cluster: Cluster, context: ReconcileContext): Promise<Result | undefined> {
    const id = cluster.metadata.name ?? "";
    const { userClusters } = this.#options;
    await this.#ensureNamespace(id, context.signal);
    const plan = await this.#planVersion(cluster, context.signal);
    if (plan.version === undefined) {
      await this.#writeStatus(cluster, unavailableStatus(cluster, plan, new Date()), context.signal);
      return undefined; // Another version is an event.
    }
    const running = { ...cluster, spec: { ...cluster.spec, version: plan.version } };
    const observation = await this.#ensureControlPlane(id, running, context);
    if (!observation) return undefined; // Deleted meanwhile: the event is waiting in the queue.
    await this.#publishKubeconfig(id, observation, context.signal);
    const unreachable = await this.#connect(cluster, observation, context);
    const connected = userClusters.get(id) !== undefined;
    const activity = unreachable ?? observation.activity;
    const written = await this.#writeStatus(
      cluster,
      acceptedStatus(cluster, { ...observation, activity }, { connected, plan, now: new Date() }),
      context.signal,
    );
    // What is read here before the event of that write would be refused as outdated.
    if (connected) await this.#createFirstNodes(written, context.signal);
    if (unreachable !== undefined) return { requeueAfterMs: Math.max(unreachableRetryMs, userClusters.pauseMs(id)) };
    // Nodes and CNI are in the user cluster, which is not watched for this.
    return { requeueAfterMs: plan.obstacle ? obstaclePollMs : resyncMs };
  }

  /** What has a status keeps it: until Fairlead was started anew it was true. */
  async #awaitTurn(cluster: Cluster, signal: AbortSignal): Promise<Result> {
    if (!cluster.status?.phase) await this.#writeStatus(cluster, queuedStatus(cluster, new Date()), signal);
    return { requeueAfterMs: notItsTurnRetryMs * (0.5 + Math.random()) };
  }

  /** Begins to work in the user cluster. @returns why it could not be reached, for its owner */
  async #connect(
    { metadata: { name: id = "" }, status }: Cluster,
    { health, managerKubeconfig, userClusterObjects }: ControlPlaneObservation,
    { logger, signal }: ReconcileContext,
  ): Promise<string | undefined> {
    if (health.apiserver !== "up") return undefined;
    const { userClusters, webhooks } = this.#options;
    const expectNew = status?.namespaceName === undefined; // It was never connected.
    try {
      await userClusters.connect(id, managerKubeconfig, (client, limit) =>
        prepareUserCluster(client, webhooks(id), { expectNew, signal: AbortSignal.any([signal, limit]) }),
      );
      const client = userClusters.get(id)?.client;
      if (client && userClusterObjects) {
        const set = { parent: CONTROL_PLANE_SET, fieldManager: FIELD_MANAGER, signal };
        await applyObjects(client, { ...set, objects: userClusterObjects });
      }
      return undefined;
    } catch (error) {
      if (!isUnreachable(error, signal)) throw error;
      logger.warn({ err: error }, "Reaching the user cluster failed");
      return `Fairlead cannot reach its API server${error instanceof CircuitOpenError ? "" : `: ${error.message}`}`;
    }
  }

  async #planVersion(cluster: Cluster, signal: AbortSignal): Promise<VersionPlan> {
    const { provider, userClusters } = this.#options;
    const { controlPlane: reached, apiserver } = cluster.status?.versions ?? {};
    const wanted = cluster.spec.version.replace(/^v/, "");
    const known = { wanted, reached, apiserver, refusal: provider.refusal?.(wanted) };
    if (!isUpgradePending(known)) return planVersion({ ...known, kubelets: [], cniLacks: undefined });
    const client = userClusters.get(cluster.metadata.name ?? "")?.client;
    if (!client) return { version: reached, isWanted: false, obstacle: notConnected };
    const [nodes, lacks] = await Promise.all([
      client.list(builtin.Node, { signal }),
      cniLacks(this.#cniOf(cluster), client, signal),
    ]);
    const kubelets = nodes.items.map(({ status }) => status?.nodeInfo?.kubeletVersion ?? "");
    return planVersion({ ...known, kubelets, cniLacks: lacks });
  }

  #cniOf({ spec }: Cluster): WantedCni {
    const { type = "none", version = "" } = spec.cniPlugin ?? {};
    const catalogue = catalogueOf(this.#options.installation(), [{ type, version }]);
    return { type, version, delivery: findVersion(catalogue, type, version)?.delivery };
  }

  async #ensureControlPlane(
    id: string,
    cluster: Cluster,
    context: ReconcileContext,
  ): Promise<ControlPlaneObservation | undefined> {
    const abort = new AbortController();
    this.#starting.set(id, abort);
    try {
      return await this.#options.provider.ensure(cluster, {
        signal: AbortSignal.any([context.signal, abort.signal]),
        logger: context.logger,
        tunnel: this.#options.tunnelOf(cluster).step,
      });
    } catch (error) {
      if (abort.signal.aborted && !context.signal.aborted) return undefined;
      throw error;
    } finally {
      this.#starting.delete(id);
    }
  }

  async #createFirstNodes(cluster: Cluster, signal: AbortSignal): Promise<void> {
    const machineDeployment = initialMachineDeployment(cluster);
    const client = this.#options.userClusters.get(cluster.metadata.name ?? "")?.client;
    if (!machineDeployment || !client) return;
    await createInitialNodes(client, machineDeployment, signal);
    await this.#patch(cluster, { metadata: { annotations: { [initialMachineDeploymentAnnotation]: null } } }, signal);
  }

  async #ensureNamespace(id: string, signal: AbortSignal): Promise<void> {
    const { management, namespaces } = this.#options;
    const name = clusterNamespace(id);
    if (namespaces.get(name)?.metadata.labels?.[clusterLabel] === id) return;
    await management.apply(
      builtin.Namespace,
      { metadata: { name, labels: { [clusterLabel]: id } } },
      { fieldManager: FIELD_MANAGER, force: true, signal },
    );
  }

  async #publishKubeconfig(id: string, observation: ControlPlaneObservation, signal: AbortSignal): Promise<void> {
    const { management } = this.#options;
    const ref = { name: ADMIN_KUBECONFIG_SECRET, namespace: clusterNamespace(id) };
    const kubeconfig = Buffer.from(observation.adminKubeconfig).toString("base64");
    if (isPublished(this.#options.kubeconfigs.get(keyOf(ref)), kubeconfig)) return;
    await management.apply(
      builtin.Secret,
      { metadata: { ...ref }, type: "Opaque", data: { kubeconfig } },
      { fieldManager: FIELD_MANAGER, force: true, signal },
    );
  }

  /** What was created past the webhooks, or has lost its finalizer: from here on its deletion waits for us. */
  async #adopt(cluster: Cluster, signal: AbortSignal): Promise<void> {
    const { finalizers = [] } = cluster.metadata;
    await this.#patch(cluster, { metadata: { finalizers: [...finalizers, controlPlaneFinalizer] } }, signal);
  }

  async #remove(cluster: Cluster, { signal, logger }: ReconcileContext): Promise<Result | undefined> {
    if (!cluster.metadata.finalizers?.includes(controlPlaneFinalizer)) return undefined;
    await this.#writeStatus(cluster, { phase: "Terminating" }, signal);
    logger.info("Removing the control plane");
    if (!(await this.#tearDown(cluster, signal))) return { requeueAfterMs: namespacePollMs };
    const { management } = this.#options;
    await removeFinalizer(management, clusterType, { object: cluster, finalizer: controlPlaneFinalizer, signal });
    return undefined;
  }

  async #removeLost(id: string, { signal, logger }: ReconcileContext): Promise<Result | undefined> {
    const cluster = this.#lost.get(id);
    if (!cluster) return undefined;
    logger.info("Removing the control plane of a Cluster that is gone");
    if (!(await this.#tearDown(cluster, signal))) return { requeueAfterMs: namespacePollMs };
    this.#lost.delete(id);
    return undefined;
  }

  /** Of all that there is of a cluster but the Cluster. @returns whether it is gone; if not, call again */
  async #tearDown(cluster: Cluster, signal: AbortSignal): Promise<boolean> {
    const { management, provider, userClusters } = this.#options;
    const { name: id = "" } = cluster.metadata;
    userClusters.disconnect(id);
    // Kubernetes waits five seconds before it empties a namespace: the control plane goes meanwhile. Addons go at once, since
    // their finalizers would make it come back much later.
    const namespace = { name: clusterNamespace(id) };
    await management.deleteIfExists(builtin.Namespace, namespace, { signal });
    const { items: addons } = await management.list(addonType, { namespace: namespace.name, signal });
    await Promise.all(addons.map((addon) => management.deleteIfExists(addonType, refOf(addon), { signal })));
    const removed = await provider.remove(cluster, { signal });
    return removed && (await management.find(builtin.Namespace, namespace, { signal })) === undefined;
  }

  /** Fails with Conflict if the Cluster is no longer what was decided on; the retry then sees the newer one. */
  async #patch(cluster: Cluster, body: { metadata?: object; spec?: object }, signal: AbortSignal): Promise<void> {
    const { name = "", resourceVersion } = cluster.metadata;
    await this.#options.management.mergePatch(
      clusterType,
      { name },
      { ...body, metadata: { ...body.metadata, resourceVersion } },
      { fieldManager: FIELD_MANAGER, signal },
    );
  }

  async #writeStatus(cluster: Cluster, status: StatusPatch, signal: AbortSignal): Promise<Cluster> {
    return await writeStatus(this.#options.management, clusterType, { object: cluster, status, signal });
  }
}

/** An aborted try did not take too long: it was given up for another reason. */
function isUnreachable(error: unknown, signal: AbortSignal): error is Error {
  if (error instanceof ConnectionError) return true;
  return error instanceof Error && error.name === "TimeoutError" && !signal.aborted;
}
