/**
 * Whether a simulated node has a pod network.
 *
 * Under kwok every pod becomes Running, which proves nothing. A real kubelet calls a node network-ready once a CNI
 * configuration lies in `/etc/cni/net.d`; the nearest thing that can be seen from the API is a Running pod on the node
 * that mounts this host path and is not a meta-plugin, which only delegates to another CNI (DESIGN section 6).
 * @module
 */

export const NETWORK_READY_ANNOTATION = "fairlead.dev/network-ready";
export const SANDBOX_ANNOTATION = "fairlead.dev/sandbox";
const CNI_CONFIGURATION_DIRECTORY = "/etc/cni/net.d";
const META_PLUGINS = ["multus", "cni-dhcp", "cni-genie"];

export interface PodView {
  metadata: { name?: string; namespace?: string; annotations?: Record<string, string>; deletionTimestamp?: string };
  spec?: {
    nodeName?: string;
    hostNetwork?: boolean;
    volumes?: readonly { hostPath?: { path: string } | null }[];
    containers?: readonly { image?: string }[];
  };
  status?: { phase?: string };
}

export interface NodeView {
  metadata: { name?: string; annotations?: Record<string, string>; deletionTimestamp?: string };
}

/** True for a pod that writes a CNI configuration of its own to its node. */
export function installsCni(pod: PodView): boolean {
  const mounts = pod.spec?.volumes?.some(
    (volume) => withoutTrailingSlash(volume.hostPath?.path) === CNI_CONFIGURATION_DIRECTORY,
  );
  return mounts === true && !isMetaPlugin(pod);
}

function isMetaPlugin(pod: PodView): boolean {
  return (pod.spec?.containers ?? []).some(({ image = "" }) =>
    META_PLUGINS.some((name) => nameOf(image).includes(name)),
  );
}

/** `multus-cni` of `registry.example.com:5000/mirror/multus-cni:v3.8.1`: a mirror's own name says nothing. */
function nameOf(image: string): string {
  return image.slice(image.lastIndexOf("/") + 1).replace(/[:@].*$/, "");
}

function withoutTrailingSlash(path: string | undefined): string | undefined {
  return path?.replace(/\/+$/, "");
}

export interface ReadinessChange {
  node: string;
  ready: boolean;
}

/** The nodes whose annotation has to change for the pods that run on them now. */
export function planNetworkReadiness(nodes: readonly NodeView[], pods: readonly PodView[]): ReadinessChange[] {
  const served = new Set<string>();
  for (const pod of pods) {
    const node = pod.spec?.nodeName;
    if (node && pod.status?.phase === "Running" && !pod.metadata.deletionTimestamp && installsCni(pod))
      served.add(node);
  }
  const changes: ReadinessChange[] = [];
  for (const node of nodes) {
    const name = node.metadata.name;
    if (!name || node.metadata.deletionTimestamp) continue;
    const ready = served.has(name);
    if ((node.metadata.annotations?.[NETWORK_READY_ANNOTATION] === "true") !== ready)
      changes.push({ node: name, ready });
  }
  return changes;
}

/** The pods that may get their network sandbox now: bound to a network-ready node, not on the host network, not yet told. */
export function planSandboxes(nodes: readonly NodeView[], pods: readonly PodView[]): PodView[] {
  const ready = new Set(
    nodes
      .filter((node) => node.metadata.annotations?.[NETWORK_READY_ANNOTATION] === "true")
      .map((node) => node.metadata.name),
  );
  return pods.filter(
    (pod) =>
      pod.spec?.nodeName !== undefined &&
      ready.has(pod.spec.nodeName) &&
      !pod.spec.hostNetwork &&
      !pod.metadata.deletionTimestamp &&
      pod.metadata.annotations?.[SANDBOX_ANNOTATION] !== "ready",
  );
}
