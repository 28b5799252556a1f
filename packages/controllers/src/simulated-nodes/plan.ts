/**
 * Which simulated nodes there should be. In the embedded mode no machine is created for a MachineDeployment,
 * whatever the provider: kwok plays the kubelet of a Node object that says in a label, in its operating system and
 * wherever Fairlead shows it that it is simulated.
 * @module
 */

const SIMULATED_LABEL = "fairlead.dev/simulated";
const MACHINE_DEPLOYMENT_LABEL = "fairlead.dev/machine-deployment";
const KWOK_ANNOTATION = "kwok.x-k8s.io/node";

export interface MachineDeploymentView {
  metadata: { name?: string; deletionTimestamp?: string };
  spec?: {
    replicas?: number;
    template?: {
      spec?: {
        metadata?: { labels?: Record<string, string> };
        taints?: readonly { key: string; value?: string; effect: string }[];
      };
    };
  };
}

export interface SimulatedNodeView {
  metadata: { name?: string; labels?: Record<string, string>; deletionTimestamp?: string };
  status?: { conditions?: readonly { type: string; status: string }[] };
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
  const plan: NodesPlan = { create: [], remove: [], status: new Map() };
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
    plan.status.set(name, statusOf(kept));
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

function statusOf(nodes: readonly SimulatedNodeView[]): MachineDeploymentStatus {
  const ready = nodes.filter((node) =>
    node.status?.conditions?.some((condition) => condition.type === "Ready" && condition.status === "True"),
  ).length;
  return {
    replicas: nodes.length,
    updatedReplicas: nodes.length,
    readyReplicas: ready,
    availableReplicas: ready,
    unavailableReplicas: nodes.length - ready,
  };
}

function nodeManifest(deployment: MachineDeploymentView, name: string): NodeManifest {
  const template = deployment.spec?.template?.spec;
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
      annotations: { [KWOK_ANNOTATION]: "fake" },
    },
    spec: template?.taints?.length ? { taints: [...template.taints] } : {},
  };
}
