import { isIP } from "node:net";
import { applyStages, builtin, type KubeClient, type Service, type StatefulSet } from "@fairlead/kube";
import { type Cluster, clusterNamespace } from "@fairlead/resources";
import type { KeyPair } from "../pki/certificate.ts";
import { kubeconfig } from "../pki/kubeconfig.ts";
import { requirePair, requirePem } from "../pki/pki.ts";
import {
  type ControlPlaneAddress,
  ControlPlaneBlockedError,
  type ControlPlaneHealth,
  type ControlPlaneObservation,
} from "../provider.ts";
import { seedTunnel, seedTunnelEndpoints } from "../tunnel/seed-tunnel.ts";
import type { TunnelStep } from "../tunnel/tunnel.ts";
import { tunnelUserClusterObjects } from "../tunnel/user-cluster-objects.ts";
import { addressState, internalApiServerUrl } from "./address.ts";
import { controlPlaneHealth, describeWaiting, isServed, oldestVersion, tunnelHealth, tunnelInUse } from "./health.ts";
import type { Placed } from "./manifests/pod.ts";
import {
  controlPlaneStages,
  type StageInput,
  seedNamespace,
  seedPkiPlan,
  serviceStages,
  tunnelOptions,
} from "./seed-objects.ts";
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
  const { webhookAuthority } = options;
  const pki = await completeStoredPki(client, seedPkiPlan(placed, spec, { address, ip, webhookAuthority }), {
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
    stages: controlPlaneStages(placed, spec, { address, pki, settings, tunnel }),
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

async function ensureNamespace(
  placed: Placed,
  spec: SeedClusterSpec,
  { client, signal }: SeedClusterOptions,
): Promise<void> {
  const wanted = seedNamespace(placed, spec);
  const existing = await client.find(builtin.Namespace, { name: placed.namespace }, { signal });
  if (existing?.metadata.deletionTimestamp) {
    throw blocked("NamespaceTerminating", `namespace ${placed.namespace} of an earlier cluster is still being deleted`);
  }
  const current = existing?.metadata.labels ?? {};
  if (Object.entries(wanted.metadata.labels ?? {}).every(([name, value]) => current[name] === value)) return;
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
  const { live } = await applyStages(client, {
    parent: { name: "control-plane-services", namespace },
    onlyParentNamespace: true,
    fieldManager,
    signal,
    stages: serviceStages(placed, spec, { settings, agentPort: known?.spec?.ports?.[0]?.nodePort }),
  });
  return live as Service[];
}

function clusterIpOf(services: readonly Service[], name: string): string | undefined {
  return services.find(({ metadata }) => metadata.name === name)?.spec?.clusterIP;
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
