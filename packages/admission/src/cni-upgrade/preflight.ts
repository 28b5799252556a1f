/**
 * What must hold before a cluster's CNI is changed to another version: all that can be known beforehand. Pure.
 * @module
 */
import type { Node } from "@fairlead/kube";
import {
  type Catalogue,
  cniTransition,
  compareVersions,
  findVersion,
  parseKernelVersion,
  unsafeLabels,
} from "@fairlead/network";
import type { Cluster } from "@fairlead/resources";

export interface PreflightInput {
  cluster: Cluster;
  catalogue: Catalogue;
  /** What is delivered now. */
  from: string;
  to: string;
  nodes: readonly Node[];
}

export interface PreflightFinding {
  check: "path" | "control-plane" | "nodes" | "kernel" | "chart" | "values";
  /** What is wrong, and what would be accepted. */
  message: string;
}

const simulatedLabel = "fairlead.dev/simulated";

/**
 * Everything that stands in the way; empty if nothing does. Label `unsafe-cni-upgrade` takes all of it away but the control
 * plane, without which nothing can be done. Whether the values suit the new chart is another matter: it has to be rendered.
 */
export function preflight(input: PreflightInput): PreflightFinding[] {
  const { cluster } = input;
  const daring = Object.hasOwn(cluster.metadata.labels ?? {}, unsafeLabels.cniUpgrade);
  return [
    ...path(input),
    ...controlPlane(cluster),
    ...(daring ? [] : [...lostNodes(input.nodes), ...oldKernels(input)]),
  ];
}

function path({ cluster, catalogue, from, to }: PreflightInput): PreflightFinding[] {
  const type = cluster.spec.cniPlugin?.type ?? "none";
  const labels = cluster.metadata.labels ?? {};
  const kubernetes = cluster.spec.version.replace(/^v/, "");
  const { allowed, message, remedies } = cniTransition({ type, old: from, next: to, labels, kubernetes }, catalogue);
  if (allowed) return [];
  const remedy = remedies[0] ? `; ${remedies[0]}` : "";
  return [{ check: "path", message: `${type} ${from} runs, and ${to} cannot follow it: ${message}${remedy}` }];
}

function controlPlane({ status }: Cluster): PreflightFinding[] {
  const down = Object.entries(status?.extendedHealth ?? {}).flatMap(([name, health]) =>
    health === "HealthStatusUp" ? [] : [name],
  );
  if (down.length === 0) return [];
  return [{ check: "control-plane", message: `the control plane is not healthy: ${down.join(", ")}` }];
}

/** A node whose kubelet is silent would hold up the roll-out. One that only lacks a network may be what the upgrade mends. */
function lostNodes(nodes: readonly Node[]): PreflightFinding[] {
  const lost = nodes.filter((node) => node.status?.conditions?.some(isReadyUnknown));
  if (lost.length === 0) return [];
  return [
    {
      check: "nodes",
      message: `${names(lost)}: the kubelet does not report; repair or remove the node, or set label ${unsafeLabels.cniUpgrade}`,
    },
  ];
}

function isReadyUnknown({ type, status }: { type: string; status: string }): boolean {
  return type === "Ready" && status === "Unknown";
}

function oldKernels({ cluster, catalogue, to, nodes }: PreflightInput): PreflightFinding[] {
  const type = cluster.spec.cniPlugin?.type ?? "none";
  const least = findVersion(catalogue, type, to)?.leastKernel;
  if (least === undefined) return [];
  const old = nodes.filter((node) => {
    if (node.metadata.labels?.[simulatedLabel] === "true") return false;
    const kernel = parseKernelVersion(node.status?.nodeInfo?.kernelVersion ?? "");
    return kernel !== undefined && compareVersions(kernel, parseKernelVersion(least) ?? least) < 0;
  });
  if (old.length === 0) return [];
  const kernels = [...new Set(old.map(({ status }) => status?.nodeInfo?.kernelVersion ?? ""))]
    .sort(compareVersions)
    .join(", ");
  return [
    {
      check: "kernel",
      message: `${names(old)}: ${type} ${to} needs Linux ${least} or newer, and there is ${kernels}`,
    },
  ];
}

const mostNames = 5;

function names(nodes: readonly Node[]): string {
  const shown = nodes.slice(0, mostNames).map(({ metadata }) => metadata.name ?? "");
  const rest = nodes.length - shown.length;
  return `node ${shown.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}
