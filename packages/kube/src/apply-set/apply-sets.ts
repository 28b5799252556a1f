import type { KubeClient } from "../client/kube-client.ts";
import { NoKindMatchError } from "../client/rest-mapper.ts";
import { type KubeObject, keyOf } from "../objects.ts";
import { ApplySetVersions } from "./apply-set-versions.ts";
import { asMember, isCurrent, isServed, type SetPlace, scopeOf } from "./desired.ts";
import { memberKey } from "./members.ts";
import { applySetId, parentState, sameScope } from "./parent.ts";
import { groupKindOfObject } from "./phases.ts";
import { type ReadSetsOptions, readSets, type SetsRead } from "./read-sets.ts";

/**
 * The apply sets of a server at one time: tells of many whether `applyObjects` would have anything to do, which reads as much for
 * each of them.
 */
export class ApplySets {
  readonly #client: KubeClient;
  readonly #read: SetsRead;
  readonly versions: ApplySetVersions;

  private constructor(client: KubeClient, read: SetsRead) {
    this.#client = client;
    this.#read = read;
    this.versions = new ApplySetVersions(read);
  }

  /** Those of Fairlead. */
  static async read(client: KubeClient, options: ReadSetsOptions): Promise<ApplySets> {
    return new ApplySets(client, await readSets(client, options));
  }

  /** Whether `applyObjects` with these objects, and `drift: "repair"`, would have sent and pruned nothing. */
  async isInOrder(objects: readonly KubeObject[], place: SetPlace, signal?: AbortSignal): Promise<boolean> {
    const { parents, members, keys } = this.#read;
    const known = parentState(place.parent, parents.get(keyOf(place.parent)));
    if (!known.exists || known.contents !== undefined || !sameScope(known.scope, scopeOf(objects, place))) return false;
    const desired = new Set<string>();
    for (const object of objects) {
      const member = await this.#asMember(object, place, signal);
      if (!member) return false;
      const key = memberKey(groupKindOfObject(member), member);
      const live = members.get(key)?.object;
      if (!isCurrent(member, live) || !isServed(live)) return false;
      desired.add(key);
    }
    return (keys.get(applySetId(place.parent)) ?? []).every((key) => desired.has(key));
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
