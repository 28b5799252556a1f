import type { Installation, WebhookConfigurations } from "@fairlead/admission";
import type { ControlPlaneProvider, Seeds } from "@fairlead/control-plane";
import type { HelmRunner } from "@fairlead/helm";
import {
  builtin,
  Controller,
  type ControllerOptions,
  EventRecorder,
  type GroupPath,
  Informer,
  type InformerOptions,
  type KubeClient,
  type KubeObject,
  Manager,
  type Reconciler,
  type Request,
  type ResourceType,
  type ManagerOptions as RunOptions,
} from "@fairlead/kube";
import {
  type Addon,
  type ApplicationInstallation,
  addonType,
  applicationDefinitionType,
  applicationInstallationType,
  type Cluster,
  clusterNamespace,
  clusterTemplateInstanceType,
  clusterTemplateType,
  clusterType,
  cniRolloutType,
  groupProjectBindingType,
  installationNamespace,
  kubermaticConfigurationType,
  machineDeploymentType,
  projectType,
  type Seed,
  seedType,
  userProjectBindingType,
  userType,
} from "@fairlead/resources";
import type { Logger } from "pino";
import type { Registry } from "prom-client";
import { AccessReconciler, watchAccess } from "./access/reconcile.ts";
import type { AddonCharts } from "./addon/charts.ts";
import { followDrift } from "./addon/drift.ts";
import { AddonReconciler } from "./addon/reconcile.ts";
import { cniAddons } from "./addon-installer/plan.ts";
import { ADDONS_BY_NAMESPACE, AddonInstallerReconciler } from "./addon-installer/reconcile.ts";
import { ApplicationCharts } from "./application-installation/application-charts.ts";
import { concernsApplications } from "./application-installation/plan.ts";
import { ApplicationInstallationReconciler } from "./application-installation/reconcile.ts";
import { clusterLabel, digestOnly } from "./cluster/published.ts";
import { ADMIN_KUBECONFIG_SECRET, ClusterReconciler } from "./cluster/reconcile.ts";
import { ClusterEvents } from "./cluster-events/observe.ts";
import { ClusterTemplateInstanceReconciler } from "./cluster-template-instance/reconcile.ts";
import { AddonDelivery } from "./cni-addon/deliver.ts";
import { ApplicationDelivery } from "./cni-application/deliver.ts";
import { PreviousCni } from "./cni-migration/previous-cni.ts";
import { CniRolloutReconciler } from "./cni-rollout/reconcile.ts";
import { CniReconciler } from "./cni-upgrade/reconcile.ts";
import { registerFleetMetrics } from "./fleet-metrics.ts";
import { KUBE_SYSTEM } from "./names.ts";
import { NodePortAccessReconciler } from "./node-port-access/reconcile.ts";
import { ProjectReconciler } from "./project/reconcile.ts";
import {
  concernsAddon,
  concernsAddons,
  concernsCni,
  concernsControlPlane,
  concernsNetwork,
} from "./relevant-changes.ts";
import type { OwnSeed } from "./seed/plan.ts";
import { SeedReconciler } from "./seed/reconcile.ts";
import { clusterIdOf, fairLimit, groupsOf, ownsCluster, seedsByDatacenter } from "./shard.ts";
import { SimulatedNodesReconciler } from "./simulated-nodes/reconcile.ts";
import { SystemApplicationsReconciler } from "./system-applications/reconcile.ts";
import { traceOf } from "./trace.ts";
import { TunnelReconciler } from "./tunnel/reconcile.ts";
import { tunnelClients } from "./tunnel/status.ts";
import { UserClusterInformers } from "./user-clusters/user-cluster-informers.ts";
import { UserClusters } from "./user-clusters/user-clusters.ts";

export interface ManagerOptions {
  management: KubeClient;
  provider: ControlPlaneProvider;
  charts: AddonCharts;
  runner: HelmRunner;
  /** The admission webhooks of the user cluster with this id. */
  webhooks: (clusterId: string) => WebhookConfigurations;
  logger: Logger;
  registry?: Registry;
  /** Nodes of a cluster whose creator does not say how many. */
  defaultNodes: number;
  /** Embedded mode: Node objects are kept by Fairlead and played by kwok. */
  simulateNodes: boolean;
  /** User clusters in which nothing happens for that long are watched no more until something does. Absent: never. */
  sleepAfterMs?: number;
  /** Absent: control planes run where Fairlead itself does, and Seeds only say which datacenters there are. */
  seeds?: SeedOptions;
  /** Works on clusters with this label `worker-name` only; absent: on those without. */
  workerName?: string;
  /** Absent: this process is the only one. */
  leaderElection?: RunOptions["leaderElection"];
  /** Runs to its end on the replica that leads, before its controllers start. */
  onLead?: RunOptions["onLead"];
}

/** For a provider that runs control planes in seeds. */
export interface SeedOptions {
  registry: Seeds;
  own: OwnSeed;
  /** Seeds with a kubeconfig; absent: there can be none. */
  others?: OwnSeed;
  /** Of Fairlead. */
  version: string;
}

export interface FairleadManager {
  /** The clusters that can be talked to; shared with the REST API. */
  readonly userClusters: UserClusters;
  /** The own values of an application's chart; shared with the REST API. */
  readonly chartValues: ApplicationCharts["values"];
  readonly chartSchema: ApplicationCharts["schema"];
  /** Has every controller look at all it knows once more, after everything else. */
  resync(): Promise<void>;
  /** Runs until the signal is aborted; rejects if a controller cannot start. */
  run(signal: AbortSignal): Promise<void>;
}

/** Wires informers, reconcilers and queues together; what each controller does is in its own folder. */
export function createManager(options: ManagerOptions): FairleadManager {
  const { management, logger, registry, provider } = options;
  const userClusters = new UserClusters({ sleepAfterMs: options.sleepAfterMs });
  const { leaderElection, onLead, workerName = "" } = options;
  const controllers: Controller[] = [];
  const manager = new Manager({
    logger,
    ...(leaderElection ? { leaderElection } : {}),
    ...(onLead ? { onLead } : {}),
  });

  const informer = <T extends KubeObject>(type: ResourceType<T>, which: Which<T> = {}) => {
    const created = new Informer<T>({ client: management, type, logger, ...which });
    manager.add(created);
    return created;
  };
  const clusters = informer(clusterType);
  const addons = informer(addonType);
  const projects = informer(projectType);
  const definitions = informer(applicationDefinitionType);
  const configurations = informer(kubermaticConfigurationType, { namespace: installationNamespace });
  const seeds = informer(seedType, { namespace: installationNamespace });
  const templates = informer(clusterTemplateType);
  const namespaces = informer<KubeObject>(builtin.Namespace, { labelSelector: clusterLabel });
  const kubeconfigs = informer(builtin.Secret, {
    fieldSelector: `metadata.name=${ADMIN_KUBECONFIG_SECRET}`,
    transform: digestOnly,
  });
  addons.addIndex(ADDONS_BY_NAMESPACE, (addon) => [addon.metadata.namespace ?? ""]);

  const installation = (): Installation => {
    const [configuration] = configurations.list();
    const defaultTemplates = seeds
      .list()
      .flatMap(({ spec }) => (spec.defaultClusterTemplate && templates.get(spec.defaultClusterTemplate)) || []);
    return { seeds: seeds.list(), defaultTemplates, ...(configuration ? { configuration } : {}) };
  };
  const controller = (name: string, reconciler: Reconciler, work: Work) => {
    const { concurrency, longestDelayMs = 1_000_000, ...rest } = work;
    const backoff = { baseMs: 5, maxMs: longestDelayMs };
    const created = new Controller({
      name,
      reconciler,
      concurrency,
      backoff,
      logger,
      ...rest,
      ...(registry ? { registry } : {}),
    });
    controllers.push(created);
    return created;
  };
  /** Of what belongs to no cluster: the manager without a name sees to it. */
  const commonController = (name: string, reconciler: Reconciler, work: Work) => {
    const created = controller(name, reconciler, work);
    if (workerName === "") manager.add(created);
    return created;
  };
  const fairGroups = clusterGroups({ clusters, seeds, userClusters });
  /** Of what belongs to clusters: each manager sees to its own, and none of them delays the others. */
  const ownController = (name: string, reconciler: Reconciler, work: Work) => {
    const reconcileOwn: Reconciler["reconcile"] = async (request, context) => {
      const id = clusterIdOf(request);
      if (ownsCluster(workerName, clusters.get(id))) return await reconciler.reconcile(request, context);
      userClusters.disconnect(id); // It may have been this manager's before.
      return undefined;
    };
    const limitOf = (path: GroupPath) => fairLimit(work.concurrency, path);
    const fairness = { groupsOf: fairGroups, limitOf };
    const traceOfCluster = (request: Request) => traceOf(clusters.get(clusterIdOf(request)), new Date());
    const created = controller(name, { reconcile: reconcileOwn }, { ...work, fairness, traceOf: traceOfCluster });
    manager.add(created);
    return created;
  };
  const allClusters = () => clusters.list().map((cluster) => requestFor(cluster));
  const addonsOf = (id: string) => addons.byIndex(ADDONS_BY_NAMESPACE, clusterNamespace(id));
  const clusterOf = ({ spec }: Addon) => (spec.cluster.name ? [{ name: spec.cluster.name }] : []);
  const eventsOf = (reporter: string) =>
    new EventRecorder({ client: management, reportingController: `fairlead.dev/${reporter}`, logger });
  const owns = (cluster: Cluster) => ownsCluster(workerName, cluster);
  new ClusterEvents({ recorder: eventsOf("cluster-events"), clusters, addons, owns });

  const wake = (id: string, old: KubeObject | undefined, { metadata }: KubeObject) => {
    if (metadata.generation !== old?.metadata.generation) userClusters.touch(id);
  };
  clusters.addHandler({ onUpdate: (old, cluster) => wake(cluster.metadata.name ?? "", old, cluster) });
  addons.addHandler({
    onAdd: (addon) => wake(addon.spec.cluster.name ?? "", undefined, addon),
    onUpdate: (old, addon) => wake(addon.spec.cluster.name ?? "", old, addon),
  });

  const tunnels = new TunnelReconciler({ ...options, clusters, addons, userClusters });
  const tunnelOf = (cluster: Cluster) => tunnels.planOf(cluster);
  const tunnelController = ownController("tunnel", tunnels, { concurrency: 8, reconcileTimeoutMs });
  tunnelController.watch(clusters, (cluster) => [requestFor(cluster)], { filter: concernsNetwork });
  const ofTunnels: ReadonlySet<string> = new Set(Object.values(tunnelClients));
  tunnelController.watch(addons, clusterOf, {
    filter: (addon, old) => ofTunnels.has(addon.spec.name) && concernsAddons(addon, old),
  });
  provider.onChange((id) => tunnelController.enqueue({ name: id }));
  userClusters.onConnect(({ id }) => tunnelController.enqueue({ name: id }));
  tunnels.onChange((id) => {
    clusterController.enqueue({ name: id });
    installer.enqueue({ name: id });
  });

  const projectController = commonController("project", new ProjectReconciler({ management, projects, clusters }), {
    concurrency: 2,
  });
  projectController.watch(projects, (project) => [requestFor(project)]);

  const users = informer(userType);
  const userBindings = informer(userProjectBindingType);
  const groupBindings = informer(groupProjectBindingType);
  const accessController = commonController(
    "access",
    new AccessReconciler({ management, projects, clusters, users, userBindings, groupBindings }),
    { concurrency: 2 },
  );
  watchAccess(accessController, { projects, clusters, users, userBindings, groupBindings });

  const clusterController = ownController(
    "cluster",
    new ClusterReconciler({
      ...options,
      clusters,
      templates,
      namespaces,
      kubeconfigs,
      installation,
      userClusters,
      tunnelOf,
    }),
    { concurrency: clusterConcurrency },
  );
  clusterController.watch(clusters, (cluster) => [requestFor(cluster)], { filter: concernsControlPlane });
  clusterController.watch(configurations, allClusters);
  clusterController.watch(seeds, allClusters, { filter: (seed, old) => !old || isOtherwise(seed, old) });
  namespaces.addHandler({
    onDelete: ({ metadata }) => clusterController.enqueue({ name: metadata.labels?.[clusterLabel] ?? "" }),
  });
  kubeconfigs.addHandler({
    onDelete: ({ metadata }) => clusterController.enqueue({ name: clusterOfNamespace(metadata.namespace) }),
  });
  provider.onChange((id) => clusterController.enqueue({ name: id }));
  userClusters.onLoss((id) => clusterController.enqueue({ name: id }));

  const nodePortAccess = ownController(
    "node-port-access",
    new NodePortAccessReconciler({ management, clusters, installation }),
    { concurrency: nodePortAccessConcurrency, longestDelayMs: longestSourceDelayMs },
  );
  nodePortAccess.watch(clusters, (cluster) => [requestFor(cluster)], { filter: specChanged });
  nodePortAccess.watch(seeds, allClusters, { filter: specChanged });

  const instances = informer(clusterTemplateInstanceType);
  const instanceController = commonController(
    "cluster-template-instance",
    new ClusterTemplateInstanceReconciler({ management, instances, templates, projects, installation }),
    { concurrency: 1 }, // One after the other, since they look for names that are free.
  );
  const instancesOf = (reference: "projectID" | "clusterTemplateID", name: string | undefined) =>
    instances.list().flatMap((instance) => (instance.spec[reference] === name ? [requestFor(instance)] : []));
  instanceController.watch(instances, (instance) => [requestFor(instance)], { filter: specChanged });
  instanceController.watch(templates, ({ metadata }) => instancesOf("clusterTemplateID", metadata.name));
  instanceController.watch(projects, ({ metadata }) => instancesOf("projectID", metadata.name));
  if (options.seeds) {
    const seedController = commonController(
      "seed",
      new SeedReconciler({ ...options.seeds, management, seeds, clusters, installation }),
      { concurrency: seedConcurrency },
    );
    const allSeeds = () => seeds.list().map((seed) => requestFor(seed));
    seedController.watch(seeds, (seed) => [requestFor(seed)], {
      filter: (seed, old) => !old || isOtherwise(seed, old),
    });
    seedController.watch(configurations, allSeeds);
  }

  const installer = ownController(
    "addon-installer",
    new AddonInstallerReconciler({
      management,
      clusters,
      addons,
      installation,
      charts: options.charts,
      tunnelOf,
      hasApplication: (id, name) => {
        const known = installations.get(id);
        return known && known.get(`${KUBE_SYSTEM}/${name}`) !== undefined;
      },
    }),
    { concurrency: 8, reconcileTimeoutMs },
  );
  installer.watch(clusters, (cluster) => [requestFor(cluster)], { filter: concernsNetwork });
  installer.watch(configurations, allClusters);
  installer.watch(addons, clusterOf, { filter: concernsAddons });

  const addonController = ownController(
    "addon",
    new AddonReconciler({ ...options, addons, clusters, userClusters, installation, events: eventsOf("addon") }),
    { concurrency: 16, longestDelayMs: 60_000, reconcileTimeoutMs },
  );
  addonController.watch(addons, (addon) => [requestFor(addon)], { filter: concernsAddon });
  addonController.watch(configurations, () => addons.list().map(requestFor));
  addonController.watch(clusters, (cluster) => addonsOf(cluster.metadata.name ?? "").map(requestFor), {
    filter: concernsNetwork,
  });
  followDrift({
    userClusters,
    addonsOf,
    onDrift: (addon) => addonController.enqueue(requestFor(addon)),
    onChange: (id, { kind, metadata: { name = "" } }) => {
      if (kind === "Deployment" && ofTunnels.has(name)) tunnelController.enqueue({ name: id });
    },
    logger,
  });

  const systemApplications = commonController(
    "system-applications",
    new SystemApplicationsReconciler({
      management,
      clusters,
      definitions,
      seeds,
      runner: options.runner,
      installation,
    }),
    { concurrency: 1, longestDelayMs: longestSourceDelayMs },
  );
  systemApplications.watch(configurations, () => [{ name: "all" }]);
  systemApplications.watch(definitions, () => [{ name: "all" }]);
  systemApplications.watch(seeds, () => [{ name: "all" }]);

  const installations = new UserClusterInformers<ApplicationInstallation>({
    userClusters,
    type: applicationInstallationType,
    logger,
    onChange: (id, object) => {
      applicationController.enqueue({ ...requestFor(object), cluster: id });
      cniChanged(id);
    },
    onSynced: (id) => cniChanged(id),
  });
  const cniChanged = (id: string) => {
    installer.enqueue({ name: id });
    cniController.enqueue({ name: id });
  };
  const applicationCharts = new ApplicationCharts({ ...options, installation });
  const cniController = ownController(
    "cni",
    new CniReconciler({
      management,
      clusters,
      installations,
      userClusters,
      installation,
      addon: new AddonDelivery({ management, addons, installations, charts: options.charts }),
      application: new ApplicationDelivery({
        management,
        definitions,
        addons,
        installations,
        charts: applicationCharts,
      }),
      previous: new PreviousCni({ management, addons, installations }),
      events: eventsOf("cni"),
    }),
    { concurrency: 8, reconcileTimeoutMs },
  );
  cniController.watch(clusters, (cluster) => [requestFor(cluster)], { filter: concernsCni });
  cniController.watch(configurations, allClusters);
  cniController.watch(addons, clusterOf, { filter: (addon) => ofCnis.has(addon.spec.name) });

  const rollouts = informer(cniRolloutType);
  if (registry) registerFleetMetrics(registry, { clusters, rollouts, userClusters });
  const rolloutController = commonController(
    "cni-rollout",
    new CniRolloutReconciler({ management, rollouts, clusters, installation }),
    { concurrency: 2 },
  );
  rolloutController.watch(rollouts, (rollout) => [requestFor(rollout)], { filter: specChanged });

  const applicationController = ownController(
    "application-installation",
    new ApplicationInstallationReconciler({
      management,
      clusters,
      definitions,
      installations,
      userClusters,
      runner: options.runner,
      installation,
    }),
    { concurrency: applicationConcurrency, longestDelayMs: longestSourceDelayMs },
  );
  applicationController.watch(
    clusters,
    ({ metadata: { name: id = "" } }) =>
      (installations.get(id)?.list() ?? []).map((object) => ({ ...requestFor(object), cluster: id })),
    { filter: concernsApplications },
  );
  applicationController.watch(definitions, ({ metadata }) =>
    [...installations.all()].flatMap(([id, object]) =>
      object.spec.applicationRef.name === metadata.name ? [{ ...requestFor(object), cluster: id }] : [],
    ),
  );

  if (options.simulateNodes) {
    const changed = (id: string) => nodeController.enqueue({ name: id });
    const follow = <T extends KubeObject>(type: ResourceType<T>) =>
      new UserClusterInformers<T>({ userClusters, type, logger, onChange: changed, onSynced: changed });
    const nodeController = ownController(
      "simulated-nodes",
      new SimulatedNodesReconciler({
        userClusters,
        machineDeployments: follow(machineDeploymentType),
        nodes: follow(builtin.Node),
        pods: follow(builtin.Pod),
      }),
      { concurrency: 4, reconcileTimeoutMs },
    );
  }

  userClusters.onConnect(({ id }) => {
    for (const addon of addonsOf(id)) addonController.enqueue(requestFor(addon));
  });

  return {
    userClusters,
    chartValues: (application, signal) => applicationCharts.values(application, signal),
    chartSchema: (application, signal) => applicationCharts.schema(application, signal),
    resync: async () => {
      for (const each of controllers) await each.resync();
      for (const [id, object] of installations.all())
        applicationController.enqueue({ ...requestFor(object), cluster: id }, "low");
    },
    run: async (signal) => {
      try {
        await manager.run(signal);
      } finally {
        userClusters.closeAll();
      }
    },
  };
}

/** Add-ons that the CNI controller looks at. */
const ofCnis: ReadonlySet<string> = new Set([...cniAddons, "hubble"]);
type Which<T extends KubeObject> = Pick<
  InformerOptions<T>,
  "namespace" | "labelSelector" | "fieldSelector" | "transform"
>;

function clusterOfNamespace(namespace = ""): string {
  return namespace.slice(clusterNamespace("").length);
}

/** Most of the time is spent waiting for API servers; how many control planes start at once, their provider knows. */
const clusterConcurrency = 64;
/** Longer than an add-on takes in a cluster that answers slowly; what was done by then need not be done again. */
const reconcileTimeoutMs = 2 * 60_000;

interface Work extends Pick<ControllerOptions, "fairness" | "reconcileTimeoutMs" | "traceOf"> {
  concurrency: number;
  longestDelayMs?: number;
}

/** For {@link groupsOf}: the seeds are looked through once, not for each request. */
function clusterGroups({
  clusters,
  seeds,
  userClusters,
}: {
  clusters: Informer<Cluster>;
  seeds: Informer<Seed>;
  userClusters: UserClusters;
}): (request: Request) => GroupPath {
  let byDatacenter: ReadonlyMap<string, string> | undefined;
  const forget = () => {
    byDatacenter = undefined;
  };
  seeds.addHandler({ onAdd: forget, onUpdate: forget, onDelete: forget });
  return (request) => {
    byDatacenter ??= seedsByDatacenter(seeds.list());
    const id = clusterIdOf(request);
    return groupsOf({
      cluster: clusters.get(id),
      id,
      seedsByDatacenter: byDatacenter,
      isSlow: userClusters.isSlow(id),
    });
  };
}
/** A registry that is down is asked again soon enough after it is back, and not all the time before. */
const longestSourceDelayMs = 120_000;
/** helm waits for roll-outs, so many installations may be under way at once. */
const applicationConcurrency = 8;

/** What a controller writes to an object's status is no news to it. */
function specChanged({ metadata }: KubeObject, previous: KubeObject | undefined): boolean {
  return metadata.generation !== previous?.metadata.generation || metadata.deletionTimestamp !== undefined;
}

/** Each waits for a cloud, which counts requests. */
const nodePortAccessConcurrency = 2;

/** Each waits for a seed that may not answer. */
const seedConcurrency = 8;

/** Whether more of a Seed changed than how many clusters it has, or when it was last seen. */
function isOtherwise(seed: Seed, old: Seed): boolean {
  return (
    seed.metadata.generation !== old.metadata.generation ||
    seed.metadata.deletionTimestamp !== old.metadata.deletionTimestamp ||
    seed.status?.phase !== old.status?.phase
  );
}

function requestFor({ metadata }: KubeObject): Request {
  const { name = "", namespace } = metadata;
  return namespace ? { name, namespace } : { name };
}
