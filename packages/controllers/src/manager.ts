import type { WebhookConfigurations } from "@fairlead/admission";
import type { ControlPlaneProvider, Seeds } from "@fairlead/control-plane";
import type { HelmRunner } from "@fairlead/helm";
import type { Informer, KubeClient, KubeObject, ManagerOptions as RunOptions } from "@fairlead/kube";
import { type ApplicationInstallation, applicationInstallationType, type Cluster } from "@fairlead/resources";
import type { Logger } from "pino";
import type { Registry } from "prom-client";
import { setUpAccess } from "./access/setup.ts";
import type { AddonCharts } from "./addon/charts.ts";
import { setUpAddon } from "./addon/setup.ts";
import { setUpAddonInstaller } from "./addon-installer/setup.ts";
import { ApplicationCharts } from "./application-installation/application-charts.ts";
import { setUpApplicationInstallation } from "./application-installation/setup.ts";
import { setUpCluster } from "./cluster/setup.ts";
import { ClusterEvents } from "./cluster-events/observe.ts";
import { setUpClusterTemplateInstance } from "./cluster-template-instance/setup.ts";
import { setUpCniRollout } from "./cni-rollout/setup.ts";
import { setUpCni } from "./cni-upgrade/setup.ts";
import { registerFleetMetrics } from "./fleet-metrics.ts";
import { Foundation, requestFor } from "./foundation.ts";
import { setUpNodePortAccess } from "./node-port-access/setup.ts";
import { setUpProject } from "./project/setup.ts";
import { wakesCluster } from "./relevant-changes.ts";
import type { OwnSeed } from "./seed/plan.ts";
import { setUpSeed } from "./seed/setup.ts";
import { setUpSimulatedNodes } from "./simulated-nodes/setup.ts";
import { setUpSystemApplications } from "./system-applications/setup.ts";
import { setUpTunnel } from "./tunnel/setup.ts";
import { UserClusterInformers } from "./user-clusters/user-cluster-informers.ts";
import type { UserClusters } from "./user-clusters/user-clusters.ts";

export interface ManagerOptions {
  management: KubeClient;
  provider: ControlPlaneProvider;
  charts: AddonCharts;
  runner: HelmRunner;
  /** The admission webhooks of the user cluster with this id. */
  webhooks: (clusterId: string) => WebhookConfigurations;
  logger: Logger;
  registry?: Registry;
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
  /** All Clusters there are; shared with the REST API. */
  readonly clusters: Informer<Cluster>;
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

/** Sets up every controller; what each does, and which changes it hears of, is in its own folder. */
export function createManager(options: ManagerOptions): FairleadManager {
  const foundation = new Foundation(options);
  const { clusters, addons, rollouts, userClusters, installation } = foundation;
  const { registry, workerName = "" } = options;
  const recorder = foundation.eventsOf("cluster-events");
  new ClusterEvents({ recorder, clusters, addons, owns: (cluster) => foundation.owns(cluster) });
  wakeForChanges(foundation);
  if (registry) registerFleetMetrics(registry, { clusters, rollouts, userClusters });

  const tunnels = setUpTunnel(foundation);
  const installations = followInstallations(foundation);
  const charts = new ApplicationCharts({ ...options, installation });
  setUpCluster(foundation, tunnels);
  setUpNodePortAccess(foundation);
  setUpAddonInstaller(foundation, { tunnels, installations });
  setUpAddon(foundation);
  setUpCni(foundation, { installations, charts });
  setUpApplicationInstallation(foundation, installations);
  if (options.simulateNodes) setUpSimulatedNodes(foundation);
  if (workerName === "") setUpCommonControllers(foundation);

  return {
    clusters,
    userClusters,
    chartValues: (application, signal) => charts.values(application, signal),
    chartSchema: (application, signal) => charts.schema(application, signal),
    resync: async () => {
      for (const controller of foundation.controllers) await controller.resync();
      for (const [id, object] of installations.all())
        foundation.enqueue("application-installation", { ...requestFor(object), cluster: id }, "low");
    },
    run: async (signal) => {
      try {
        await foundation.manager.run(signal);
      } finally {
        userClusters.closeAll();
      }
    },
  };
}

/** Of what belongs to no cluster: the one manager without a name sees to it. */
function setUpCommonControllers(foundation: Foundation): void {
  const { seeds } = foundation.options;
  setUpProject(foundation);
  setUpAccess(foundation);
  setUpClusterTemplateInstance(foundation);
  if (seeds) setUpSeed(foundation, seeds);
  setUpSystemApplications(foundation);
  setUpCniRollout(foundation);
}

/** A cluster of which something else is wanted is about to change. */
function wakeForChanges({ clusters, addons, userClusters }: Foundation): void {
  const wake = (id: string, old: KubeObject | undefined, object: KubeObject) => {
    if (wakesCluster(object, old)) userClusters.touch(id);
  };
  clusters.addHandler({ onUpdate: (old, cluster) => wake(cluster.metadata.name ?? "", old, cluster) });
  addons.addHandler({
    onAdd: (addon) => wake(addon.spec.cluster.name ?? "", undefined, addon),
    onUpdate: (old, addon) => wake(addon.spec.cluster.name ?? "", old, addon),
  });
}

/** The ApplicationInstallations of all user clusters, of which three controllers hear. */
function followInstallations(foundation: Foundation): UserClusterInformers<ApplicationInstallation> {
  const { userClusters, options } = foundation;
  const cniChanged = (id: string) => {
    foundation.enqueue("addon-installer", { name: id });
    foundation.enqueue("cni", { name: id });
  };
  return new UserClusterInformers<ApplicationInstallation>({
    userClusters,
    type: applicationInstallationType,
    logger: options.logger,
    onChange: (id, object) => {
      foundation.enqueue("application-installation", { ...requestFor(object), cluster: id });
      cniChanged(id);
    },
    onSynced: cniChanged,
  });
}
