import { builtin, type DaemonSet, type Deployment, type KubeClient, type KubeObject } from "@fairlead/kube";
import { isLegacyChart } from "@fairlead/network";
import {
  type ApplicationInstallation,
  applicationInstallationType,
  type Cluster,
  clusterType,
} from "@fairlead/resources";
import type { Wanted } from "./plan.ts";

export const ciliumRef = { name: "cilium", namespace: "kube-system" };
const namespace = "kube-system";

/** What there is in a cluster, as far as it tells how Cilium runs. */
export interface World {
  cluster: Cluster;
  installation: ApplicationInstallation | undefined;
  agent: DaemonSet | undefined;
  kubeProxy: boolean;
  deployments: readonly Deployment[];
  config: Readonly<Record<string, string>>;
  /** Port of Service hubble-ui. */
  uiPort: number | undefined;
  /** Statuses of the release's stored revisions. */
  deployed: number;
  nodesReady: string;
}

export async function observe(id: string, management: KubeClient, client: KubeClient): Promise<World> {
  const [cluster, installation, agent, kubeProxy, deployments, config, ui, revisions, nodes] = await Promise.all([
    management.get(clusterType, { name: id }),
    client.find(applicationInstallationType, ciliumRef),
    client.find(builtin.DaemonSet, ciliumRef),
    client.find(builtin.DaemonSet, { name: "kube-proxy", namespace }),
    client.list(builtin.Deployment, { namespace }),
    client.find(builtin.ConfigMap, { name: "cilium-config", namespace }),
    client.find(builtin.Service, { name: "hubble-ui", namespace }),
    client.list(builtin.Secret, { namespace, labelSelector: "owner=helm,status=deployed" }),
    client.list(builtin.Node, {}),
  ]);
  return {
    cluster,
    installation,
    agent,
    kubeProxy: kubeProxy !== undefined,
    deployments: deployments.items,
    config: config?.data ?? {},
    uiPort: ui?.spec?.ports?.[0]?.port,
    deployed: revisions.items.length,
    nodesReady: `${nodes.items.filter(isReady).length} of ${nodes.items.length}`,
  };
}

function isReady(node: KubeObject & { status?: { conditions?: { type?: string; status?: string }[] } }): boolean {
  return node.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
}

/** What is not as wanted, one a line: `cilium-config kube-proxy-replacement: expected "true", found "false"`. */
export function differences(wanted: Wanted, world: World): string[] {
  return [...expectations(wanted, world)].flatMap(([what, expected, found]) =>
    expected === found ? [] : [`${what}: expected ${expected}, found ${found}`],
  );
}

type Seen = string | number | boolean | undefined;
type Expectation = [what: string, expected: Seen, found: Seen];

function expectations(wanted: Wanted, world: World): Expectation[] {
  const { version, hubble, proxyMode } = wanted;
  const { cluster, installation, agent, deployments } = world;
  const cni = cluster.status?.conditions?.CNIReady;
  const { numberAvailable = 0, desiredNumberScheduled } = agent?.status ?? {};
  return [
    ["CNIReady", "True RolledOut", `${cni?.status} ${cni?.reason}${cni?.status === "True" ? "" : `: ${cni?.message}`}`],
    ["applied version", version, installation?.status?.applicationVersion?.version],
    ["installation Ready", "True", installation?.status?.conditions?.Ready?.status],
    ["deployed revisions", 1, world.deployed],
    ["agent image", `v${version}`, agent?.spec?.template.spec.containers[0]?.image?.split("@")[0]?.split(":").at(-1)],
    ["agents", `1 of 1`, `${numberAvailable} of ${desiredNumberScheduled}`],
    ["nodes", "1 of 1", world.nodesReady],
    ["Deployments that are not available", "", names(deployments.filter(isUnavailable))],
    ["Deployment cilium-operator", true, has(deployments, "cilium-operator")],
    ["Deployment hubble-relay", hubble, has(deployments, "hubble-relay")],
    ["Deployment hubble-ui", hubble, has(deployments, "hubble-ui")],
    ["port of Service hubble-ui", hubble ? 80 : undefined, world.uiPort],
    ["cni-exclusive", "false", exclusive(world)],
    ["kube-proxy", proxyMode !== "ebpf", world.kubeProxy],
    [
      "agent's API server",
      proxyMode === "ebpf" ? cluster.status?.address?.externalName : undefined,
      apiServerOf(agent),
    ],
    ...Object.entries(settings(wanted, cluster)).map(
      ([key, value]): Expectation => [`cilium-config ${key}`, value, world.config[key]],
    ),
  ];
}

function names(objects: readonly KubeObject[]): string {
  return objects.map(({ metadata }) => metadata.name).join(", ");
}

function isUnavailable({ spec, status }: Deployment): boolean {
  return (status?.availableReplicas ?? 0) < (spec?.replicas ?? 1);
}

function has(objects: readonly KubeObject[], name: string): boolean {
  return objects.some(({ metadata }) => metadata.name === name);
}

/** Charts before 1.14 tell the script that installs the CNI, later ones the agent. */
function exclusive({ agent, config }: World): string | undefined {
  return config["cni-exclusive"] ?? /--cni-exclusive=(\w+)/.exec(JSON.stringify(agent ?? {}))?.[1];
}

/** Without kube-proxy the agents are told where the API server is. */
function apiServerOf(agent: DaemonSet | undefined): string | undefined {
  const env = agent?.spec?.template.spec.containers.find(({ name }) => name === "cilium-agent")?.env ?? [];
  return env.find(({ name }) => name === "KUBERNETES_SERVICE_HOST")?.value;
}

/** What Cilium itself has to read, whatever the chart calls the values that it comes from. */
function settings({ version, proxyMode, dualStack }: Wanted, { spec }: Cluster): Record<string, string | undefined> {
  const legacy = isLegacyChart(version);
  const ebpf = proxyMode === "ebpf";
  const { pods, nodeCidrMaskSizeIPv4, nodeCidrMaskSizeIPv6 } = spec.clusterNetwork ?? {};
  const [podsIPv4, podsIPv6] = pods?.cidrBlocks ?? [];
  return {
    "kube-proxy-replacement": legacy ? (ebpf ? "strict" : "disabled") : String(ebpf),
    "cluster-pool-ipv4-cidr": podsIPv4,
    "cluster-pool-ipv4-mask-size": String(nodeCidrMaskSizeIPv4),
    "enable-ipv6": String(dualStack),
    "cluster-pool-ipv6-cidr": dualStack ? podsIPv6 : undefined,
    "cluster-pool-ipv6-mask-size": dualStack ? String(nodeCidrMaskSizeIPv6) : undefined,
    ...(legacy ? {} : { "exclude-local-address": "169.254.20.10/32" }),
    ...(legacy || ebpf ? {} : { "cni-chaining-mode": "portmap" }),
  };
}
