import type { Toleration } from "@fairlead/kube";
import { nthAddress, parseCidr } from "@fairlead/network";
import type { Cluster, ClusterSpec, ComponentSettings } from "@fairlead/resources";
import { type ControlPlaneSpec, controlPlaneSpec } from "../spec.ts";
import type { TunnelStep } from "../tunnel/tunnel.ts";

type ExposeStrategy = NonNullable<ClusterSpec["exposeStrategy"]>;

/** Quantities of Kubernetes, as they stand in a container. */
export interface Resources {
  requests?: Record<string, string>;
  limits?: Record<string, string>;
}

export interface WorkloadSpec {
  replicas: number;
  resources: Resources;
  tolerations: readonly Toleration[];
}

/** The part of a Cluster that decides what its control plane looks like in a seed. */
export interface SeedClusterSpec extends ControlPlaneSpec {
  exposeStrategy: ExposeStrategy;
  /** CIDRs that a load balancer lets through; empty: everybody. */
  allowedSources: readonly string[];
  /** Of the envoy agent on each node, with expose strategy Tunneling. */
  tunnelingAgentIp: string;
  /** Of the Service `kube-dns`. */
  dnsServiceIp: string;
  /** Of the Konnectivity proxy. */
  konnectivity: { keepaliveTime?: string | undefined; resources?: Resources };
  /** Whether Fairlead keeps the endpoints of the Service `kubernetes`. */
  reconcilesEndpoints: boolean;
  etcd: WorkloadSpec & { diskSize: string; storageClass?: string | undefined };
  apiServer: WorkloadSpec;
  controllerManager: WorkloadSpec;
  scheduler: WorkloadSpec;
}

const defaultTunnelingAgentIp = "100.64.30.10";
const defaultEtcdMembers = 3;
const defaultDiskSize = "5Gi";

/** No limit for the processor: throttling a control plane costs more than it saves. */
const defaults = {
  etcd: { requests: { cpu: "50m", memory: "128Mi" }, limits: { memory: "2Gi" } },
  apiServer: { requests: { cpu: "100m", memory: "384Mi" }, limits: { memory: "4Gi" } },
  controllerManager: { requests: { cpu: "50m", memory: "128Mi" }, limits: { memory: "2Gi" } },
  scheduler: { requests: { cpu: "20m", memory: "64Mi" }, limits: { memory: "1Gi" } },
} as const;

const defaultReplicas = { apiServer: 2, leaderElected: 2 } as const;

/**
 * @param tunnel where a cluster is being switched; default: what it asks for
 * @throws IncompleteClusterError if the Cluster was not defaulted
 */
export function seedClusterSpec(cluster: Cluster, tunnel?: TunnelStep): SeedClusterSpec {
  const { spec } = cluster;
  const { apiserver = {}, controllerManager = {}, scheduler = {}, etcd = {} } = spec.componentsOverride ?? {};
  const { konnectivityProxy } = spec.componentsOverride ?? {};
  const controlPlane = controlPlaneSpec(cluster, tunnel);
  return {
    ...controlPlane,
    dnsServiceIp: nthAddress(parseCidr(controlPlane.serviceCidrs[0] ?? ""), 10n),
    konnectivity: {
      keepaliveTime: konnectivityProxy?.keepaliveTime,
      ...(konnectivityProxy?.resources ? { resources: resourcesOf(konnectivityProxy.resources) } : {}),
    },
    exposeStrategy: spec.exposeStrategy ?? "NodePort",
    allowedSources: spec.apiServerAllowedIPRanges?.cidrBlocks ?? [],
    tunnelingAgentIp: spec.clusterNetwork?.tunnelingAgentIP || defaultTunnelingAgentIp,
    reconcilesEndpoints: !apiserver.endpointReconcilingDisabled,
    etcd: {
      ...workload(etcd, defaults.etcd, etcd.clusterSize ?? defaultEtcdMembers),
      diskSize: String(etcd.diskSize ?? defaultDiskSize),
      storageClass: etcd.storageClass || undefined,
    },
    apiServer: workload(apiserver, defaults.apiServer, apiserver.replicas ?? defaultReplicas.apiServer),
    controllerManager: workload(
      controllerManager,
      defaults.controllerManager,
      controllerManager.replicas ?? defaultReplicas.leaderElected,
    ),
    scheduler: workload(scheduler, defaults.scheduler, scheduler.replicas ?? defaultReplicas.leaderElected),
  };
}

type Settings = NonNullable<ComponentSettings["scheduler"]>;

/** What an operator names replaces the default of that very quantity. */
function workload(
  settings: Pick<Settings, "resources" | "tolerations">,
  fallback: Resources,
  replicas: number,
): WorkloadSpec {
  const { requests, limits } = resourcesOf(settings.resources ?? {});
  return {
    replicas,
    resources: { requests: { ...fallback.requests, ...requests }, limits: { ...fallback.limits, ...limits } },
    tolerations: (settings.tolerations ?? []) as readonly Toleration[],
  };
}

function resourcesOf({ requests, limits }: NonNullable<Settings["resources"]>): Required<Resources> {
  return { requests: strings(requests), limits: strings(limits) };
}

function strings(quantities: Record<string, string | number> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(quantities).map(([name, quantity]) => [name, String(quantity)]));
}
