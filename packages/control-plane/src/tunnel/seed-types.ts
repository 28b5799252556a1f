import type { Container, KubeObject, PodSpec, Volume } from "@fairlead/kube";
import type { PkiFiles } from "../pki/pki.ts";
import type { TunnelStep } from "./tunnel.ts";

export type ExposeStrategy = "NodePort" | "LoadBalancer" | "Tunneling";

/** A control plane in namespace `cluster-<id>` of a seed, as far as its tunnel has to know it. */
export interface SeedTunnelOptions {
  step: TunnelStep;
  namespace: string;
  exposeStrategy: ExposeStrategy;
  /** Name under which nodes and users reach the cluster. */
  externalName: string;
  /** Of the envoy agent on each node, with expose strategy Tunneling. */
  tunnelingAgentIp: string;
  network: { podCidrs: readonly string[]; serviceCidrs: readonly string[]; dnsDomain: string; dnsServiceIp: string };
  /** Replicas of kube-apiserver: each agent keeps a connection to every one. */
  apiServerReplicas: number;
  /** `https://name:port` under which pods of the seed reach kube-apiserver. */
  apiServerUrl: string;
  /** Port of the pods of kube-apiserver, whatever their Services' ports are. */
  apiServerPort: number;
  /** From `componentsOverride.konnectivityProxy`. */
  konnectivity?: { keepaliveTime?: string | undefined; resources?: Container["resources"] | undefined };
  /** Registry that replaces the host of every image; empty: their own. */
  overwriteRegistry: string;
  /** Completed from a plan that holds `tunnelCertificates`. */
  pki: PkiFiles;
  /** ClusterIP that the seed has given to Service `dns-resolver`; OpenVPN only. */
  dnsResolverIp?: string | undefined;
}

/** What the Services depend on; they come first, because the seed chooses their addresses and node ports. */
export type SeedTunnelServiceOptions = Pick<
  SeedTunnelOptions,
  "step" | "namespace" | "exposeStrategy" | "externalName"
>;

/** Parts that a tunnel adds to the pod of kube-apiserver. */
export interface ApiServerParts {
  initContainers: Container[];
  /** They run as the pod's user, who must be the same for all: only the owner of a socket may use it. */
  containers: Container[];
  volumes: Volume[];
  /** Of the container kube-apiserver. */
  volumeMounts: NonNullable<Container["volumeMounts"]>;
  /** Of the pod template: change with the files of the containers, which do not read them again. */
  annotations: Record<string, string>;
  /** Fields of the pod itself. */
  pod: Pick<PodSpec, "dnsPolicy"> & { dnsConfig?: { nameservers: string[]; searches: string[] } };
  /** For `ApiServerPlacement`; absent unless kube-apiserver is to go through the proxy-server. */
  egressSelectorConfigFile?: string;
}

/** The seed's side of a cluster's tunnels. */
export interface SeedTunnel {
  apiServer: ApiServerParts;
  /** Secrets, ConfigMaps and NetworkPolicies first, then Deployments and their disruption budgets. */
  objects: KubeObject[];
}
