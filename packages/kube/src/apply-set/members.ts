import type { KubeClient } from "../client/kube-client.ts";
import type { ListOptions } from "../client/options.ts";
import { forEachConcurrently } from "../concurrently.ts";
import { type KubeObject, keyOf } from "../objects.ts";
import type { ResourceType } from "../resource-types.ts";
import { isNotFound } from "../status-error.ts";

/** An object of the set as it is in the cluster. */
export interface Member {
  type: ResourceType;
  groupKind: string;
  object: KubeObject;
}

export const requestsAtOnce = 8;

/** `Deployment.apps kube-system/coredns`: the same for a desired and a live object. */
export function memberKey(groupKind: string, object: KubeObject): string {
  return `${groupKind} ${keyOf(object.metadata)}`;
}

/**
 * The live members of these kinds that `labelSelector` chooses, by `memberKey`. One list a kind, over all namespaces unless one is
 * named; a kind that the server does not serve (any more) has none.
 */
export async function listMembers(
  client: KubeClient,
  options: ListOptions & { groupKinds: Iterable<string>; labelSelector: string; atOnce?: number },
): Promise<Map<string, Member>> {
  const members = new Map<string, Member>();
  const { groupKinds, atOnce = requestsAtOnce, ...listOptions } = options;
  await forEachConcurrently(groupKinds, atOnce, async (groupKind) => {
    const found = await listKind(client, groupKind, listOptions);
    for (const object of found?.items ?? []) {
      if (found) members.set(memberKey(groupKind, object), { type: found.type, groupKind, object });
    }
  });
  return members;
}

async function listKind(
  client: KubeClient,
  groupKind: string,
  options: ListOptions,
): Promise<{ type: ResourceType; items: KubeObject[] } | undefined> {
  const dot = groupKind.indexOf(".");
  const [kind, group] = dot < 0 ? [groupKind, ""] : [groupKind.slice(0, dot), groupKind.slice(dot + 1)];
  for (let attempt = 1; ; attempt++) {
    const type = await client.preferredResourceFor(group, kind, { signal: options.signal });
    if (!type) return undefined;
    try {
      return { type, items: (await client.list(type, options)).items };
    } catch (error) {
      if (!isNotFound(error) || attempt > 1) throw error;
      client.forgetResources(); // the kind, or its version, went away after discovery
    }
  }
}

/** Whether a helm release owns the object: then it is not ours to prune, whatever its labels say. */
export function isHelmOwned(object: KubeObject): boolean {
  const { labels, annotations } = object.metadata;
  return (
    labels?.["app.kubernetes.io/managed-by"] === "Helm" || annotations?.["meta.helm.sh/release-name"] !== undefined
  );
}
