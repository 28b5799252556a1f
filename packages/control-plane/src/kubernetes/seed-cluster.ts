import { isIP } from "node:net";
import {
  type ApplyStage,
  applyStages,
  builtin,
  type KubeClient,
  type Namespace,
  type Service,
  type StatefulSet,
} from "@fairlead/kube";
import { type Cluster, clusterNamespace } from "@fairlead/resources";
import type { KeyPair } from "../pki/certificate.ts";
import { seedClusterPki } from "../pki/cluster-plan.ts";
import { kubeconfig } from "../pki/kubeconfig.ts";
import { type PkiFiles, requirePair, requirePem } from "../pki/pki.ts";
import {
  type ControlPlaneAddress,
  ControlPlaneBlockedError,
  type ControlPlaneHealth,
  type ControlPlaneObservation,
} from "../provider.ts";
import { tunnelCertificates } from "../tunnel/certificates.ts";
import { konnectivitySniHost } from "../tunnel/konnectivity-server.ts";
import { seedTunnel, seedTunnelEndpoints, seedTunnelServices } from "../tunnel/seed-tunnel.ts";
import type { SeedTunnel } from "../tunnel/seed-types.ts";
import { serves, type TunnelStep } from "../tunnel/tunnel.ts";
import { tunnelUserClusterObjects } from "../tunnel/user-cluster-objects.ts";
import { API_SERVER_PORT, addressState, externalName, internalApiServerUrl } from "./address.ts";
import {
  controlPlaneHealth,
  describeWaiting,
  isRolledOut,
  isServed,
  oldestVersion,
  tunnelHealth,
  tunnelInUse,
} from "./health.ts";
import { apiServer } from "./manifests/api-server.ts";
import { etcd } from "./manifests/etcd.ts";
import { controllerManager, scheduler } from "./manifests/leader-elected.ts";
import { networkPolicies } from "./manifests/network-policies.ts";
import { CLUSTER_LABEL, type Placed } from "./manifests/pod.ts";
import { controlPlaneServices } from "./manifests/services.ts";
import type { SeedSettings } from "./seed-settings.ts";
import { type SeedClusterSpec, seedClusterSpec } from "./seed-spec.ts";
import { completeStoredPki } from "./stored-pki.ts";
import { userClusterObjects } from "./user-cluster-objects.ts";

export interface SeedClusterOptions {
  client: KubeClient;
  settings: SeedSettings;
  /** Of Fairlead's admission webhooks. */
  webhookAuthority: KeyPair;
  /** All addresses of a name; rejects if it has none. */
  lookup: (host: string) => Promise<string[]>;
  /** Where a switch of the tunnel is; absent: what the cluster asks for. */
  tunnel: TunnelStep | undefined;
  /** What was known last. */
  before: ControlPlaneHealth | undefined;
  signal: AbortSignal;
}

const fieldManager = "fairlead-control-plane";
const retryAfterMs = 5_000;

/**
 * Moves a cluster's control plane in its seed one step on: what is missing or wrong is applied, as far as what it stands
 * on is ready. An unchanged one is read and nothing is written.
 * @throws ControlPlaneBlockedError while the API server has no address
 */
export async function ensureSeedCluster(
  cluster: Cluster,
  options: SeedClusterOptions,
): Promise<ControlPlaneObservation> {
  const { client, settings, signal } = options;
  const clusterId = cluster.metadata.name ?? "";
  const namespace = clusterNamespace(clusterId);
  const placed: Placed = { clusterId, namespace, overwriteRegistry: settings.overwriteRegistry };
  const wanted = seedClusterSpec(cluster, options.tunnel);
  await ensureNamespace(placed, wanted, options);
  const existing = await client.find(builtin.StatefulSet, { name: "etcd", namespace }, { signal });
  const spec = keepEtcd(wanted, existing);
  const services = await ensureServices(placed, spec, options);
  const address = requireAddress(spec, settings, services);
  const ip = await addressOfPods(spec, address, options);
  const pki = await completeStoredPki(client, pkiPlan(placed, spec, { address, ip, options }), {
    placed,
    fieldManager,
    signal,
  });
  const tunnel = seedTunnel({
    ...tunnelOptions(placed, spec),
    externalName: address.host,
    pki,
    dnsResolverIp: clusterIpOf(services, "dns-resolver"),
  });
  const { live, complete } = await applyStages(client, {
    parent: { name: "control-plane", namespace },
    onlyParentNamespace: true,
    fieldManager,
    signal,
    stages: stagesOf(placed, spec, { address, pki, settings, tunnel }),
  });
  const health = controlPlaneHealth(live, options.before);
  return {
    health,
    tunnel: {
      health: tunnelHealth(live, spec.tunnel.use, health),
      inUse: tunnelInUse(live),
      endpoints: seedTunnelEndpoints({ ...tunnelOptions(placed, spec), externalName: address.host }, services),
      servesMetrics: isServed(live, "metrics-server"),
    },
    activity: describeWaiting(live),
    address: { ...address, ip, internalName: new URL(internalApiServerUrl(clusterId)).hostname },
    version: complete ? spec.version : (oldestVersion(live) ?? spec.version),
    ...kubeconfigs(spec, { address, pki, settings }),
    userClusterObjects: [
      ...userClusterObjects(spec, { address, ip, overwriteRegistry: settings.overwriteRegistry }),
      ...tunnelUserClusterObjects({ step: spec.tunnel, pki, seedNamespace: namespace }),
    ],
  };
}

/** Deletes the namespace with everything in it. False until it is gone. */
export async function removeSeedCluster(
  clusterId: string,
  { client, signal }: { client: KubeClient; signal: AbortSignal },
): Promise<boolean> {
  const ref = { name: clusterNamespace(clusterId) };
  const namespace = await client.find(builtin.Namespace, ref, { signal });
  if (!namespace) return true;
  if (!namespace.metadata.deletionTimestamp) await client.deleteIfExists(builtin.Namespace, ref, { signal });
  return false;
}

/** OpenVPN makes network devices, which only the privileged level allows. */
async function ensureNamespace(
  placed: Placed,
  { tunnel }: SeedClusterSpec,
  { client, signal }: SeedClusterOptions,
): Promise<void> {
  const labels = {
    [CLUSTER_LABEL]: placed.clusterId,
    "pod-security.kubernetes.io/enforce": serves(tunnel, "openvpn") ? "privileged" : "restricted",
  };
  const wanted: Namespace = { metadata: { name: placed.namespace, labels } };
  const existing = await client.find(builtin.Namespace, { name: placed.namespace }, { signal });
  if (existing?.metadata.deletionTimestamp) {
    throw blocked("NamespaceTerminating", `namespace ${placed.namespace} of an earlier cluster is still being deleted`);
  }
  const current = existing?.metadata.labels ?? {};
  if (Object.entries(labels).every(([name, value]) => current[name] === value)) return;
  await client.apply(builtin.Namespace, wanted, { fieldManager, force: true, signal });
}

/** Members, disk and storage class of an etcd are those that it was created with. */
function keepEtcd(spec: SeedClusterSpec, existing: StatefulSet | undefined): SeedClusterSpec {
  if (!existing) return spec;
  const [claim] = (existing.spec?.volumeClaimTemplates ?? []) as {
    spec?: { storageClassName?: string; resources?: { requests?: { storage?: string } } };
  }[];
  return {
    ...spec,
    etcd: {
      ...spec.etcd,
      replicas: existing.spec?.replicas ?? spec.etcd.replicas,
      diskSize: claim?.spec?.resources?.requests?.storage ?? spec.etcd.diskSize,
      storageClass: claim?.spec?.storageClassName,
    },
  };
}

async function ensureServices(
  placed: Placed,
  spec: SeedClusterSpec,
  { client, settings, signal }: SeedClusterOptions,
): Promise<Service[]> {
  const { namespace } = placed;
  const known = await client.find(builtin.Service, { name: "konnectivity-server", namespace }, { signal });
  const name = externalName(spec.clusterId, settings) ?? spec.clusterId;
  const { live } = await applyStages(client, {
    parent: { name: "control-plane-services", namespace },
    onlyParentNamespace: true,
    fieldManager,
    signal,
    stages: [
      { objects: seedTunnelServices({ ...tunnelOptions(placed, spec), externalName: name }) },
      { objects: controlPlaneServices(placed, spec, { settings, agentPort: known?.spec?.ports?.[0]?.nodePort }) },
    ],
  });
  return live as Service[];
}

function clusterIpOf(services: readonly Service[], name: string): string | undefined {
  return services.find(({ metadata }) => metadata.name === name)?.spec?.clusterIP;
}

/** What the tunnel has to know of a control plane, but for its name and its keys. */
function tunnelOptions({ namespace, overwriteRegistry }: Placed, spec: SeedClusterSpec) {
  const { podCidrs, serviceCidrs, dnsDomain, dnsServiceIp } = spec;
  return {
    step: spec.tunnel,
    namespace,
    overwriteRegistry,
    exposeStrategy: spec.exposeStrategy,
    tunnelingAgentIp: spec.tunnelingAgentIp,
    network: { podCidrs, serviceCidrs, dnsDomain, dnsServiceIp },
    apiServerReplicas: spec.apiServer.replicas,
    apiServerUrl: internalApiServerUrl(spec.clusterId),
    apiServerPort: API_SERVER_PORT,
    konnectivity: spec.konnectivity,
  };
}

function requireAddress(
  spec: SeedClusterSpec,
  settings: SeedSettings,
  services: readonly Service[],
): ControlPlaneAddress {
  const state = addressState(spec, settings, services);
  if ("waitingFor" in state) throw blocked("AddressPending", `Waiting for ${state.waitingFor}`);
  return state.address;
}

/** Where pods of the user cluster find kube-apiserver: endpoints hold addresses, no names. */
async function addressOfPods(
  spec: SeedClusterSpec,
  { host }: ControlPlaneAddress,
  { lookup }: SeedClusterOptions,
): Promise<string> {
  if (spec.exposeStrategy === "Tunneling") return spec.tunnelingAgentIp;
  if (isIP(host) !== 0) return host;
  const addresses = await lookup(host).catch((cause: unknown) => {
    throw blocked("AddressPending", `Waiting for the name ${host} to resolve to an address of the seed`, { cause });
  });
  const [lowest] = [...addresses].sort((a, b) => isIP(a) - isIP(b) || (a < b ? -1 : 1));
  if (lowest === undefined) throw blocked("AddressPending", `Waiting for an address of the name ${host}`);
  return lowest;
}

function pkiPlan(
  placed: Placed,
  spec: SeedClusterSpec,
  { address, ip, options }: { address: ControlPlaneAddress; ip: string; options: SeedClusterOptions },
) {
  const isName = isIP(address.host) === 0;
  return seedClusterPki(spec.clusterId, {
    names: {
      ...(isName ? { externalName: address.host } : {}),
      serviceIp: spec.apiServerServiceIp,
      dnsDomain: spec.dnsDomain,
      seedNamespace: placed.namespace,
      ips: [ip],
    },
    webhookAuthority: options.webhookAuthority,
    further: tunnelCertificates({
      step: spec.tunnel,
      proxyServer: {
        dnsNames: isName ? [address.host, konnectivitySniHost(address.host)] : [],
        ips: ["127.0.0.1", ip],
      },
      dnsDomain: spec.dnsDomain,
      seedNamespace: placed.namespace,
    }),
  });
}

interface StageInput {
  address: ControlPlaneAddress;
  pki: PkiFiles;
  settings: SeedSettings;
  tunnel: SeedTunnel;
}

/**
 * kube-apiserver needs etcd, and the name server that the tunnel may bring; and no component may be newer than kube-apiserver,
 * also while versions are raised. The rest of a tunnel waits for nobody, and nobody waits for it: its clients come last.
 */
function stagesOf(placed: Placed, spec: SeedClusterSpec, { address, pki, settings, tunnel }: StageInput): ApplyStage[] {
  const policies = networkPolicies(placed, { webhooks: settings.webhooks, tunnel: spec.tunnel });
  return [
    { objects: [...policies, ...tunnel.objects] },
    { objects: etcd(placed, spec, pki), isReady: isRolledOut },
    { objects: apiServer(placed, spec, { address, pki, additions: tunnel.apiServer }), isReady: isRolledOut },
    { objects: [...controllerManager(placed, spec, pki), ...scheduler(placed, spec, pki)], isReady: isRolledOut },
  ];
}

function kubeconfigs(spec: SeedClusterSpec, { address, pki, settings }: Omit<StageInput, "tunnel">) {
  const of = (user: "admin" | "manager", server: string) =>
    kubeconfig({
      clusterName: spec.clusterId,
      userName: user,
      server,
      authority: requirePem(pki, "ca.crt"),
      client: requirePair(pki, user),
    });
  return {
    adminKubeconfig: of("admin", address.url),
    managerKubeconfig: of("manager", settings.inside ? internalApiServerUrl(spec.clusterId) : address.url),
  };
}

function blocked(reason: string, message: string, options?: ErrorOptions): ControlPlaneBlockedError {
  return new ControlPlaneBlockedError(reason, message, { ...options, retryAfterMs });
}
