import { builtin } from "../builtin/builtin-types.ts";
import type { ConfigMap } from "../builtin/core.ts";
import type { KubeClient } from "../client/kube-client.ts";
import { keyOf } from "../objects.ts";
import { listMembers, type Member } from "./members.ts";
import { defaultTooling, idLabel, otherOwner, parentState, partOfLabel } from "./parent.ts";

/** The apply sets of Fairlead on a server at one time. */
export interface SetsRead {
  /** By namespace and name. */
  readonly parents: ReadonlyMap<string, ConfigMap>;
  /** By `memberKey`. */
  readonly members: ReadonlyMap<string, Member>;
  /** `memberKey` of the members of each set, by its id. */
  readonly keys: ReadonlyMap<string | undefined, string[]>;
}

export interface ReadSetsOptions {
  /** Of the parents. */
  namespace: string;
  signal?: AbortSignal;
}

/** Nobody waits for it, and each connection to a server that one seldom talks to costs a TLS handshake. */
const listsAtOnce = { whole: 2, metadata: 1 };

/** One list of the parents and one for each of their kinds, however many sets there are. */
export async function readSets(
  client: KubeClient,
  { namespace, signal, metadataOnly = false }: ReadSetsOptions & { metadataOnly?: boolean },
): Promise<SetsRead> {
  const { items } = await client.list(builtin.ConfigMap, { namespace, labelSelector: idLabel, metadataOnly, signal });
  const parents = new Map(
    items.filter((found) => !otherOwner(found, defaultTooling)).map((found) => [keyOf(found.metadata), found]),
  );
  const groupKinds = new Set<string>();
  for (const found of parents.values()) {
    const { name = "" } = found.metadata;
    for (const groupKind of parentState({ name, namespace }, found).scope.groupKinds) groupKinds.add(groupKind);
  }
  const atOnce = metadataOnly ? listsAtOnce.metadata : listsAtOnce.whole;
  const lists = { groupKinds, labelSelector: partOfLabel, atOnce, metadataOnly, signal };
  const members = await listMembers(client, lists);
  const keys = Map.groupBy(members.keys(), (key) => members.get(key)?.object.metadata.labels?.[partOfLabel]);
  return { parents, members, keys };
}
