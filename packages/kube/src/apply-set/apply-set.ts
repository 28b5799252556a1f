import { builtin } from "../builtin/builtin-types.ts";
import type { CustomResourceDefinition } from "../builtin/machinery.ts";
import type { KubeClient } from "../client/kube-client.ts";
import { NoKindMatchError } from "../client/rest-mapper.ts";
import { forEachConcurrently } from "../concurrently.ts";
import { establishDefinitions, waitEstablished } from "../establish-definitions.ts";
import type { KubeObject } from "../objects.ts";
import type { ResourceType } from "../resource-types.ts";
import { TimeoutError, waitFor } from "../wait-for.ts";
import { ApplySetError, type ApplySetFailure } from "./apply-set-error.ts";
import { asMember, isCurrent, isDefinition, type SetPlace, scopeOf } from "./desired.ts";
import { listMembers, type Member, memberKey, requestsAtOnce } from "./members.ts";
import {
  type ApplySetScope,
  applySetId,
  defaultTooling,
  partOfLabel,
  readParent,
  sameScope,
  unionScope,
  writeParent,
} from "./parent.ts";
import { applyOrder, groupKindOfObject, phaseOf } from "./phases.ts";
import { type PruneOptions, pruneMembers } from "./prune.ts";
import { hashOf } from "./unchanged.ts";

export interface ApplySetOptions extends PruneOptions, SetPlace {
  /** `name/version` of the tool that owns the set; default `fairlead/v1`. */
  tooling?: string;
  /** How long to wait for new CustomResourceDefinitions; default 30,000. */
  establishedTimeoutMs?: number;
  /**
   * All objects are in the parent's namespace: members are looked for nowhere else. It needs no rights in other
   * namespaces, and costs nothing where many namespaces each have a set.
   */
  onlyParentNamespace?: boolean;
}

export interface ApplyObjectsOptions extends ApplySetOptions {
  /** The whole set: members that are not in it are pruned. */
  objects: readonly KubeObject[];
  /**
   * What becomes of changes that others made to members. `repair`, the default: they are undone. `ignore`: nothing is
   * looked at, only the parent is read, until `objects` are others than the last time.
   */
  drift?: "repair" | "ignore";
}

/** Objects that are applied together. */
export interface ApplyStage {
  objects: readonly KubeObject[];
  /** Gets the objects as they are on the server; false keeps the stages after this one waiting. */
  isReady?(live: readonly KubeObject[]): boolean;
}

export interface ApplyStagesOptions extends ApplySetOptions {
  /** Together the whole set: members that are in none of them are pruned. */
  stages: readonly ApplyStage[];
}

export interface ApplyResult {
  /** Objects that were sent, as the server returned them. */
  applied: KubeObject[];
  /** How many were current already and cost no request of their own. */
  unchanged: number;
  pruned: KubeObject[];
  /** Left the set and stay, because `keep` said so. */
  kept: KubeObject[];
}

export interface ApplyStagesResult extends ApplyResult {
  /** All members as they are on the server, those of stages that still wait included. */
  live: KubeObject[];
  /** False if a stage is not ready yet: what comes after it was left alone, and nothing was pruned. */
  complete: boolean;
}

/**
 * Makes a set of objects be what `objects` says, as an ApplySet (KEP-3659): applies in the order of `applyOrder`,
 * then prunes what no longer belongs to the set. Re-applying an unchanged set only reads: the parent, and one list
 * for each kind.
 * @throws ApplySetError with the failure of each object, after the others were applied
 */
export async function applyObjects(client: KubeClient, options: ApplyObjectsOptions): Promise<ApplyResult> {
  const run = new ApplyRun(client, options);
  const stages = [{ objects: options.objects }];
  const { applied, unchanged, pruned, kept } = await run.apply(stages, options.drift ?? "repair");
  return { applied, unchanged, pruned, kept };
}

/**
 * Like `applyObjects`, one stage after the other: a stage that is not ready keeps the later ones from being applied, and
 * everything from being pruned. Waits for nothing: call again when something has changed.
 * @throws ApplySetError with the failure of each object of the stage that failed
 */
export async function applyStages(client: KubeClient, options: ApplyStagesOptions): Promise<ApplyStagesResult> {
  return await new ApplyRun(client, options).apply(options.stages, "repair");
}

/**
 * Prunes all members, then the parent. Nothing happens if there is no such set.
 * @throws ApplySetError with what could not be pruned; the parent stays, and a second try goes on
 */
export async function deleteApplySet(
  client: KubeClient,
  options: ApplySetOptions,
): Promise<Pick<ApplyResult, "pruned" | "kept">> {
  const { parent, tooling = defaultTooling, signal } = options;
  const { exists } = await readParent(client, parent, { tooling, signal });
  if (!exists) return { pruned: [], kept: [] };
  const { pruned, kept } = await applyObjects(client, { ...options, objects: [] });
  await client.deleteIfExists(builtin.ConfigMap, parent, { signal });
  return { pruned, kept };
}

class ApplyRun {
  readonly #client: KubeClient;
  readonly #options: ApplySetOptions;
  readonly #tooling: string;
  readonly #failures: ApplySetFailure[] = [];
  readonly #result: ApplyResult = { applied: [], unchanged: 0, pruned: [], kept: [] };
  /** By `memberKey`, as they are on the server. */
  readonly #live = new Map<string, KubeObject>();
  /** `memberKey` of each object of the set. */
  readonly #desired = new Set<string>();

  constructor(client: KubeClient, options: ApplySetOptions) {
    this.#client = client;
    this.#options = options;
    this.#tooling = options.tooling ?? defaultTooling;
  }

  async apply(stages: readonly ApplyStage[], drift: "repair" | "ignore"): Promise<ApplyStagesResult> {
    const { parent, signal } = this.#options;
    const objects = stages.flatMap((stage) => stage.objects);
    const known = await readParent(this.#client, parent, { tooling: this.#tooling, signal });
    if (!known.exists && objects.length === 0) return this.#finish(true);
    const contents = drift === "ignore" ? hashOf(objects) : undefined;
    if (contents !== undefined && contents === known.contents) {
      return { ...this.#finish(true), unchanged: objects.length };
    }
    const desired = scopeOf(objects, this.#options);
    const widened = unionScope(known.scope, desired);
    if (!known.exists || known.contents !== undefined || !sameScope(known.scope, widened)) await this.#write(widened);

    // A set that did not exist has no members: all is sent, and what is there already is taken over.
    let members = known.exists ? await this.#listMembers(widened) : new Map<string, Member>();
    for (const [key, { object }] of members) this.#live.set(key, object);
    for (const stage of stages) {
      const live = await this.#applyAll(stage.objects, members);
      if (this.#failures.length > 0) throw new ApplySetError(this.#failures);
      if (stage.isReady && !stage.isReady(live)) return this.#finish(false);
    }
    if (known.exists && this.#result.applied.some(isDefinition)) {
      // Versions may be served no longer, and members would not be found by them.
      this.#client.forgetResources();
      members = await this.#listMembers(widened);
    }
    const surplus = [...members].filter(([key]) => !this.#desired.has(key)).map(([, member]) => member);
    const { pruned, kept, left, failures } = await pruneMembers(this.#client, surplus, this.#options);
    if (failures.length > 0) throw new ApplySetError(failures);
    this.#result.pruned = pruned.map(({ object }) => object);
    this.#result.kept = kept.map(({ object }) => object);
    const narrowed = unionScope(desired, scopeOfMembers(left));
    if (contents !== undefined || !sameScope(widened, narrowed)) await this.#write(narrowed, contents);
    for (const member of surplus) this.#live.delete(memberKey(member.groupKind, member.object));
    return this.#finish(true);
  }

  #finish(complete: boolean): ApplyStagesResult {
    return { ...this.#result, live: [...this.#live.values()], complete };
  }

  #listMembers({ groupKinds }: ApplySetScope): Promise<Map<string, Member>> {
    const { parent, onlyParentNamespace, signal } = this.#options;
    const namespace = onlyParentNamespace ? parent.namespace : undefined;
    const labelSelector = `${partOfLabel}=${applySetId(parent)}`;
    return listMembers(this.#client, { groupKinds, labelSelector, namespace, signal });
  }

  /** @param contents only once all is as it should be */
  #write(scope: ApplySetScope, contents?: string): Promise<void> {
    const { parent, fieldManager, signal } = this.#options;
    return writeParent(this.#client, parent, { scope, contents, tooling: this.#tooling, fieldManager, signal });
  }

  /** Returns the objects as they are on the server then. */
  async #applyAll(objects: readonly KubeObject[], members: Map<string, Member>): Promise<KubeObject[]> {
    const live: KubeObject[] = [];
    const defined = new Set(objects.filter(isDefinition).map(({ spec }) => `${spec.names.kind}.${spec.group}`));
    for (const phase of applyOrder) {
      const due = objects.filter((object) => phaseOf(groupKindOfObject(object)) === phase);
      await forEachConcurrently(due, requestsAtOnce, async (object) => {
        try {
          const type = await this.#resolve(object, defined);
          live.push(await this.#applyOne(type, asMember(object, type, this.#options), members));
        } catch (error) {
          this.#options.signal?.throwIfAborted();
          this.#failures.push({ object, action: "apply", error });
        }
      });
    }
    return live;
  }

  /** A kind whose definition is in this very set is served a moment after the definition says so. */
  async #resolve(object: KubeObject, defined: ReadonlySet<string>): Promise<ResourceType> {
    const { apiVersion = "", kind = "" } = object;
    const { signal } = this.#options;
    try {
      return await this.#client.resourceFor(apiVersion, kind, { signal });
    } catch (error) {
      if (!(error instanceof NoKindMatchError) || !defined.has(groupKindOfObject(object))) throw error;
      return await waitFor(() => this.#client.resourceFor(apiVersion, kind, { signal }), {
        what: `${apiVersion} ${kind} to be served`,
        timeoutMs: this.#establishedTimeoutMs,
        signal,
      });
    }
  }

  async #applyOne(type: ResourceType, object: KubeObject, members: Map<string, Member>): Promise<KubeObject> {
    const { fieldManager, signal } = this.#options;
    const key = memberKey(groupKindOfObject(object), object);
    this.#desired.add(key);
    const live = members.get(key)?.object;
    if (isCurrent(object, live)) {
      this.#result.unchanged++;
      if (isDefinition(live)) await this.#waitEstablished(live);
      return live;
    }
    const applied = await this.#client.apply(type, object, { fieldManager, force: true, signal });
    this.#result.applied.push(applied);
    this.#live.set(key, applied);
    if (isDefinition(applied)) await this.#waitEstablished(applied);
    return applied;
  }

  async #waitEstablished(definition: CustomResourceDefinition): Promise<void> {
    const { fieldManager, signal } = this.#options;
    const limit = { timeoutMs: this.#establishedTimeoutMs, signal };
    await waitEstablished(this.#client, definition, limit).catch(async (error: unknown) => {
      if (error instanceof TimeoutError) await establishDefinitions(this.#client, { fieldManager, signal }); // For the next try.
      throw error;
    });
  }

  get #establishedTimeoutMs(): number {
    return this.#options.establishedTimeoutMs ?? 30_000;
  }
}

function scopeOfMembers(members: readonly Member[]): ApplySetScope {
  return {
    groupKinds: new Set(members.map(({ groupKind }) => groupKind)),
    namespaces: new Set(members.flatMap(({ object }) => object.metadata.namespace ?? [])),
  };
}
