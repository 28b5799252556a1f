import { builtin, type KubeClient, type Pod } from "@fairlead/kube";
import type { ApiCniNode } from "@fairlead/resources";

interface Cni {
  type: string;
  version: string;
}

/** On which nodes the version of the CNI runs, by name of the node: the agents' pods tell. */
export async function cniOnNodes(client: KubeClient, cni: Cni, signal: AbortSignal): Promise<ApiCniNode[]> {
  const [nodes, pods] = await Promise.all([
    client.list(builtin.Node, { signal }),
    client.list(builtin.Pod, { namespace: "kube-system", labelSelector: `k8s-app=${cni.type}`, signal }),
  ]);
  return toCniNodes(
    nodes.items.map(({ metadata }) => metadata.name ?? ""),
    pods.items,
    cni,
  );
}

/** Pure. A node without an agent has no version; one that is replaced has two, of which the newer pod counts. */
export function toCniNodes(nodes: readonly string[], pods: readonly Pod[], { version }: Cni): ApiCniNode[] {
  const newestFirst = [...pods].sort((a, b) => (created(a) < created(b) ? 1 : -1));
  return [...nodes].sort().map((name): ApiCniNode => {
    const pod = newestFirst.find(({ spec }) => spec?.nodeName === name);
    const tags = tagsOf(pod);
    const isWanted = tags.some((tag) => tag === version || tag.startsWith(`${version}.`) || tag === `v${version}`);
    const ready = pod?.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
    const [tag] = tags;
    return { name, ...(tag === undefined ? {} : { version: isWanted ? version : tag }), done: isWanted && ready };
  });
}

function created({ metadata }: Pod): string {
  return metadata.creationTimestamp ?? "";
}

/** Of the images of a pod: `quay.io/cilium/cilium:v1.18.10@sha256:…` has `v1.18.10`. */
function tagsOf(pod: Pod | undefined): string[] {
  return (pod?.spec?.containers ?? []).map(({ image = "" }) => {
    const [tagged = ""] = image.split("@", 1);
    return tagged.slice(tagged.lastIndexOf(":") + 1);
  });
}
