import type { Installation } from "@fairlead/admission";
import {
  type CacheSource,
  Controller,
  type ControllerOptions,
  EventRecorder,
  type GroupPath,
  Informer,
  type InformerOptions,
  type KubeObject,
  Manager,
  type Priority,
  type Reconciler,
  type Request,
  type ResourceType,
} from "@fairlead/kube";
import {
  type Addon,
  addonResourcesCreated,
  addonType,
  applicationDefinitionType,
  type Cluster,
  clusterNamespace,
  clusterTemplateType,
  clusterType,
  cniRolloutType,
  installationNamespace,
  kubermaticConfigurationType,
  projectType,
  seedType,
} from "@fairlead/resources";
import { ADDONS_BY_NAMESPACE } from "./addon-installer/reconcile.ts";
import type { ManagerOptions } from "./manager.ts";
import { clusterIdOf, fairLimit, groupsOf, ownsCluster, seedsByDatacenter } from "./shard.ts";
import { traceOf } from "./trace.ts";
import { UserClusters } from "./user-clusters/user-clusters.ts";

/** Their queues and metrics have these names. */
export type ControllerName =
  | "access"
  | "addon"
  | "addon-installer"
  | "application-installation"
  | "cluster"
  | "cluster-template-instance"
  | "cni"
  | "cni-rollout"
  | "node-port-access"
  | "project"
  | "seed"
  | "simulated-nodes"
  | "system-applications"
  | "tunnel";

export interface Work extends Pick<ControllerOptions, "concerns" | "fairness" | "reconcileTimeoutMs" | "traceOf"> {
  concurrency: number;
  /** Between two tries of what fails. */
  longestDelayMs?: number;
}

type Which<T extends KubeObject> = Pick<
  InformerOptions<T>,
  "namespace" | "labelSelector" | "fieldSelector" | "transform"
>;

/** As much as a new cluster needs of a controller: it gets done while it is awake, not a part of it each time that all others had theirs. */
const inOneGo = 8;
/** Longer than an add-on takes in a cluster that answers slowly; what was done by then need not be done again. */
export const reconcileTimeoutMs = 2 * 60_000;
/** A registry that is down is asked again soon enough after it is back, and not all the time before. */
export const longestSourceDelayMs = 120_000;

/** What every controller is set up on: caches of the management API, the user clusters, and the queues of the others. */
export class Foundation {
  readonly options: ManagerOptions;
  readonly userClusters: UserClusters;
  readonly manager: Manager;
  readonly #controllers = new Map<ControllerName, Controller>();
  readonly #groupsOf: (request: Request) => GroupPath;
  /** Any controller may ask these, whatever it watches. */
  readonly #caches: readonly CacheSource[];
  /** Clusters that this manager has worked on: it lets go of one that becomes another manager's. */
  readonly #everOwn = new Set<string>();

  readonly clusters;
  readonly addons;
  readonly projects;
  readonly definitions;
  readonly configurations;
  readonly seeds;
  readonly templates;
  readonly rollouts;

  constructor(options: ManagerOptions) {
    const { logger, leaderElection, onLead, sleepAfterMs } = options;
    this.options = options;
    this.userClusters = new UserClusters({ sleepAfterMs, isComplete: (id) => this.#isComplete(id) });
    this.manager = new Manager({
      logger,
      ...(leaderElection ? { leaderElection } : {}),
      ...(onLead ? { onLead } : {}),
    });
    this.clusters = this.informer(clusterType);
    this.addons = this.informer(addonType);
    this.projects = this.informer(projectType);
    this.definitions = this.informer(applicationDefinitionType);
    this.configurations = this.informer(kubermaticConfigurationType, { namespace: installationNamespace });
    this.seeds = this.informer(seedType, { namespace: installationNamespace });
    this.templates = this.informer(clusterTemplateType);
    this.rollouts = this.informer(cniRolloutType);
    this.#caches = [
      this.clusters,
      this.addons,
      this.projects,
      this.definitions,
      this.configurations,
      this.seeds,
      this.templates,
    ];
    this.addons.addIndex(ADDONS_BY_NAMESPACE, (addon) => [addon.metadata.namespace ?? ""]);
    const check = ({ spec }: Addon) => this.userClusters.checkComplete(spec.cluster.name ?? "");
    this.clusters.addHandler({ onDelete: ({ metadata }) => this.#everOwn.delete(metadata.name ?? "") });
    this.addons.addHandler({ onAdd: check, onUpdate: (_old, addon) => check(addon), onDelete: check });
    this.#groupsOf = this.#fairGroups();
  }

  /** Of the management API; runs with the manager. */
  informer<T extends KubeObject>(type: ResourceType<T>, which: Which<T> = {}): Informer<T> {
    const { management: client, logger } = this.options;
    const created = new Informer<T>({ client, type, logger, ...which });
    this.manager.add(created);
    return created;
  }

  /** Of what belongs to no cluster. */
  controller(name: ControllerName, reconciler: Reconciler, work: Work): Controller {
    const { concurrency, longestDelayMs = 1_000_000, ...rest } = work;
    const { logger, registry } = this.options;
    const created = new Controller({
      name,
      reconciler,
      concurrency,
      backoff: { baseMs: 5, maxMs: longestDelayMs },
      logger,
      ...rest,
      ...(registry ? { registry } : {}),
    });
    created.needs(this.#caches);
    this.#controllers.set(name, created);
    this.manager.add(created);
    return created;
  }

  /** Of what belongs to clusters: each manager sees to its own, and none of them delays the others. */
  ownController(name: ControllerName, reconciler: Reconciler, work: Work): Controller {
    const reconcileOwn: Reconciler["reconcile"] = async (request, context) => {
      const id = clusterIdOf(request);
      const cluster = this.clusters.get(id);
      if (this.owns(cluster)) {
        if (cluster) this.#everOwn.add(id);
        return await reconciler.reconcile(request, context);
      }
      this.userClusters.disconnect(id);
      this.#everOwn.delete(id);
      return undefined;
    };
    const concerns = (request: Request) => {
      const id = clusterIdOf(request);
      return this.owns(this.clusters.get(id)) || this.#everOwn.has(id);
    };
    const limitOf = (path: GroupPath) => fairLimit(work.concurrency, path);
    const fairness = { groupsOf: this.#groupsOf, limitOf, inOneGo };
    const traceOfCluster = (request: Request) => traceOf(this.clusters.get(clusterIdOf(request)), new Date());
    return this.controller(name, { reconcile: reconcileOwn }, { ...work, concerns, fairness, traceOf: traceOfCluster });
  }

  /** For a controller that is set up by now, or later; nothing if this manager has none of the name. */
  enqueue(name: ControllerName, request: Request, priority?: Priority): void {
    this.#controllers.get(name)?.enqueue(request, priority);
  }

  get controllers(): Iterable<Controller> {
    return this.#controllers.values();
  }

  owns(cluster: Cluster | undefined): boolean {
    return ownsCluster(this.options.workerName ?? "", cluster);
  }

  readonly installation = (): Installation => {
    const [configuration] = this.configurations.list();
    const seeds = this.seeds.list();
    const defaultTemplates = seeds.flatMap(
      ({ spec }) => (spec.defaultClusterTemplate && this.templates.get(spec.defaultClusterTemplate)) || [],
    );
    return { seeds, defaultTemplates, ...(configuration ? { configuration } : {}) };
  };

  readonly allClusters = (): Request[] => this.clusters.list().map(requestFor);

  addonsOf(id: string): Addon[] {
    return this.addons.byIndex(ADDONS_BY_NAMESPACE, clusterNamespace(id));
  }

  /** Whether its Addons were tried, each once. One that is paused gets none. */
  #isComplete(id: string): boolean {
    const addons = this.addonsOf(id);
    const areTried = addons.length > 0 && addons.every(({ status }) => status?.conditions?.[addonResourcesCreated]);
    return areTried || (this.clusters.get(id)?.spec.pause ?? true);
  }

  eventsOf(reporter: string): EventRecorder {
    const { management: client, logger } = this.options;
    return new EventRecorder({ client, reportingController: `fairlead.dev/${reporter}`, logger });
  }

  /** For {@link groupsOf}: the seeds are looked through once, not for each request. */
  #fairGroups(): (request: Request) => GroupPath {
    let byDatacenter: ReadonlyMap<string, string> | undefined;
    const forget = () => {
      byDatacenter = undefined;
    };
    this.seeds.addHandler({ onAdd: forget, onUpdate: forget, onDelete: forget });
    return (request) => {
      byDatacenter ??= seedsByDatacenter(this.seeds.list());
      const id = clusterIdOf(request);
      const isSlow = this.userClusters.isSlow(id);
      return groupsOf({ cluster: this.clusters.get(id), id, seedsByDatacenter: byDatacenter, isSlow });
    };
  }
}

export function requestFor({ metadata }: KubeObject): Request {
  const { name = "", namespace } = metadata;
  return namespace ? { name, namespace } : { name };
}

/** Of the cluster that an Addon is for. */
export function clusterOf({ spec }: Addon): Request[] {
  return spec.cluster.name ? [{ name: spec.cluster.name }] : [];
}
