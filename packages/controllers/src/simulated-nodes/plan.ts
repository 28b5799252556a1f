/**
 * Which simulated nodes there should be. In the embedded mode no machine is created for a MachineDeployment,
 * whatever the provider: kwok plays the kubelet of a Node object that says in a label, in its operating system and
 * wherever Fairlead shows it that it is simulated.
 * @module
 */

const SIMULATED_LABEL = "fairlead.dev/simulated";
const MACHINE_DEPLOYMENT_LABEL = "fairlead.dev/machine-deployment";
const KWOK_ANNOTATION = "kwok.x-k8s.io/node";
/** Of a simulated node: the version that its kubelet is to report, with `v`. */
export const KUBELET_ANNOTATION = "fairlead.dev/kubelet-version";

export interface MachineDeploymentView {
  metadata: { name?: string; deletionTimestamp?: string };
  spec?: {
    replicas?: number;
    template?: {
      spec?: {
        metadata?: { labels?: Record<string, string> };
        taints?: readonly { key: string; value?: string; effect: string }[];
        versions?: { kubelet?: string };
      };
    };
  };
}

export interface SimulatedNodeView {
  metadata: {
    name?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    deletionTimestamp?: string;
  };
  status?: {
    conditions?: readonly { type: string; status: string }[];
    nodeInfo?: { kubeletVersion?: string };
  };
}

export interface NodeManifest {
  apiVersion: "v1";
  kind: "Node";
  metadata: { name: string; labels: Record<string, string>; annotations: Record<string, string> };
  spec: { taints?: { key: string; value?: string; effect: string }[] };
}

export interface MachineDeploymentStatus {
  replicas: number;
  updatedReplicas: number;
  readyReplicas: number;
  availableReplicas: number;
  unavailableReplicas: number;
}

export interface NodesPlan {
  create: NodeManifest[];
  /** Names of simulated nodes that no MachineDeployment asks for. */
  remove: string[];
  /** Nodes whose kubelet is to change its version. */
  upgrade: { name: string; kubelet: string }[];
  status: Map<string, MachineDeploymentStatus>;
}

/**
 * Names are `<machine deployment>-<number>` with the lowest free numbers, so that scaling down and up again gives
 * the same nodes. Scaling down removes the highest numbers first. Only nodes labelled as simulated are touched.
 */
export function planNodes(
  deployments: readonly MachineDeploymentView[],
  nodes: readonly SimulatedNodeView[],
): NodesPlan {
  const byDeployment = new Map<string, SimulatedNodeView[]>();
  for (const node of nodes) {
    if (node.metadata.labels?.[SIMULATED_LABEL] !== "true") continue;
    const owner = node.metadata.labels[MACHINE_DEPLOYMENT_LABEL] ?? "";
    byDeployment.set(owner, [...(byDeployment.get(owner) ?? []), node]);
  }
  const plan: NodesPlan = { create: [], remove: [], upgrade: [], status: new Map() };
  for (const deployment of deployments) {
    const name = deployment.metadata.name;
    if (!name) continue;
    const existing = (byDeployment.get(name) ?? []).sort((a, b) => nodeNumber(a) - nodeNumber(b));
    byDeployment.delete(name);
    const wanted = deployment.metadata.deletionTimestamp ? 0 : Math.max(0, deployment.spec?.replicas ?? 0);
    const kept = existing.slice(0, wanted);
    plan.remove.push(...existing.slice(wanted).flatMap((node) => namesOfLiving(node)));
    const taken = new Set(existing.map((node) => node.metadata.name));
    for (let number = 0, missing = wanted - kept.length; missing > 0; number++) {
      if (taken.has(`${name}-${number}`)) continue;
      plan.create.push(nodeManifest(deployment, `${name}-${number}`));
      missing--;
    }
    const kubelet = kubeletOf(deployment);
    plan.upgrade.push(...nextUpgrade(kept, kubelet));
    plan.status.set(name, statusOf(kept, kubelet));
  }
  for (const orphans of byDeployment.values()) plan.remove.push(...orphans.flatMap((node) => namesOfLiving(node)));
  return plan;
}

function namesOfLiving(node: SimulatedNodeView): string[] {
  return node.metadata.name && !node.metadata.deletionTimestamp ? [node.metadata.name] : [];
}

function nodeNumber(node: SimulatedNodeView): number {
  return Number(node.metadata.name?.match(/-(\d+)$/)?.[1] ?? Number.MAX_SAFE_INTEGER);
}

/** With `v`, as kubelets report it. */
function kubeletOf({ spec }: MachineDeploymentView): string | undefined {
  const version = spec?.template?.spec?.versions?.kubelet;
  return version ? `v${version.replace(/^v/, "")}` : undefined;
}

/**
 * One node after the other, as machines are replaced: the next one follows when the one before reports its version. Unlike
 * a real one, a simulated node changes its kubelet where it stands, and its pods stay.
 */
function nextUpgrade(nodes: readonly SimulatedNodeView[], kubelet: string | undefined): NodesPlan["upgrade"] {
  if (kubelet === undefined) return [];
  const underWay = nodes.some((node) => isAsked(node, kubelet) && !reports(node, kubelet));
  const next = nodes.find((node) => !isAsked(node, kubelet) && !node.metadata.deletionTimestamp);
  return underWay || !next?.metadata.name ? [] : [{ name: next.metadata.name, kubelet }];
}

function isAsked({ metadata }: SimulatedNodeView, kubelet: string): boolean {
  return metadata.annotations?.[KUBELET_ANNOTATION] === kubelet;
}

function reports({ status }: SimulatedNodeView, kubelet: string): boolean {
  return status?.nodeInfo?.kubeletVersion === kubelet;
}

function statusOf(nodes: readonly SimulatedNodeView[], kubelet: string | undefined): MachineDeploymentStatus {
  const ready = nodes.filter((node) =>
    node.status?.conditions?.some((condition) => condition.type === "Ready" && condition.status === "True"),
  ).length;
  return {
    replicas: nodes.length,
    updatedReplicas: nodes.filter((node) => kubelet === undefined || reports(node, kubelet)).length,
    readyReplicas: ready,
    availableReplicas: ready,
    unavailableReplicas: nodes.length - ready,
  };
}

function nodeManifest(deployment: MachineDeploymentView, name: string): NodeManifest {
  const template = deployment.spec?.template?.spec;
  const kubelet = kubeletOf(deployment);
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      labels: {
        ...template?.metadata?.labels,
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        [SIMULATED_LABEL]: "true",
        [MACHINE_DEPLOYMENT_LABEL]: deployment.metadata.name ?? "",
      },
      annotations: { [KWOK_ANNOTATION]: "fake", ...(kubelet ? { [KUBELET_ANNOTATION]: kubelet } : {}) },
    },
    spec: template?.taints?.length ? { taints: [...template.taints] } : {},
  };
}
