import { builtin } from "../builtin/builtin-types.ts";
import type { KubeClient } from "../client/kube-client.ts";
import { NoKindMatchError } from "../client/rest-mapper.ts";
import { type KubeObject, keyOf } from "../objects.ts";
import { asMember, isCurrent, isServed, type SetPlace, scopeOf } from "./desired.ts";
import { listMembers, type Member, memberKey } from "./members.ts";
import {
  applySetId,
  defaultTooling,
  idLabel,
  otherOwner,
  type ParentState,
  parentState,
  partOfLabel,
  sameScope,
} from "./parent.ts";
import { groupKindOfObject } from "./phases.ts";

/** Nobody waits for it, and each connection to a server that one seldom talks to costs a TLS handshake. */
const listsAtOnce = 2;

/**
 * The apply sets of a server at one time, by one list of their parents and one for each of their kinds, however many sets there are:
 * tells of many whether `applyObjects` would have anything to do, which reads as much for each of them.
 */
export class ApplySets {
  readonly #client: KubeClient;
  /** By namespace and name. */
  readonly #parents: ReadonlyMap<string, ParentState>;
  readonly #members: ReadonlyMap<string, Member>;
  /** `memberKey` of the members of each set, by its id. */
  readonly #keys: ReadonlyMap<string | undefined, string[]>;

  private constructor(
    client: KubeClient,
    parents: ReadonlyMap<string, ParentState>,
    members: ReadonlyMap<string, Member>,
  ) {
    this.#client = client;
    this.#parents = parents;
    this.#members = members;
    this.#keys = Map.groupBy(members.keys(), (key) => members.get(key)?.object.metadata.labels?.[partOfLabel]);
  }

  /** Those of Fairlead. @param options.namespace of the parents */
  static async read(
    client: KubeClient,
    { namespace, signal }: { namespace: string; signal?: AbortSignal },
  ): Promise<ApplySets> {
    const { items } = await client.list(builtin.ConfigMap, { namespace, labelSelector: idLabel, signal });
    const parents = new Map<string, ParentState>();
    for (const found of items) {
      const { name = "" } = found.metadata;
      if (!otherOwner(found, defaultTooling))
        parents.set(keyOf(found.metadata), parentState({ name, namespace }, found));
    }
    const groupKinds = new Set([...parents.values()].flatMap(({ scope }) => [...scope.groupKinds]));
    const members = await listMembers(client, { groupKinds, labelSelector: partOfLabel, atOnce: listsAtOnce, signal });
    return new ApplySets(client, parents, members);
  }

  /** Whether `applyObjects` with these objects, and `drift: "repair"`, would have sent and pruned nothing. */
  async isInOrder(objects: readonly KubeObject[], place: SetPlace, signal?: AbortSignal): Promise<boolean> {
    const known = this.#parents.get(keyOf(place.parent));
    if (!known?.exists || known.contents !== undefined || !sameScope(known.scope, scopeOf(objects, place)))
      return false;
    const desired = new Set<string>();
    for (const object of objects) {
      const member = await this.#asMember(object, place, signal);
      if (!member) return false;
      const key = memberKey(groupKindOfObject(member), member);
      const live = this.#members.get(key)?.object;
      if (!isCurrent(member, live) || !isServed(live)) return false;
      desired.add(key);
    }
    return (this.#keys.get(applySetId(place.parent)) ?? []).every((key) => desired.has(key));
  }

  /** Undefined: the server does not know its kind. */
  async #asMember(object: KubeObject, place: SetPlace, signal?: AbortSignal): Promise<KubeObject | undefined> {
    const { apiVersion = "", kind = "" } = object;
    try {
      return asMember(object, await this.#client.resourceFor(apiVersion, kind, { signal }), place);
    } catch (error) {
      if (error instanceof NoKindMatchError) return undefined;
      throw error;
    }
  }
}
