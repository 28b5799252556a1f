import { builtin } from "../builtin/builtin-types.ts";
import type { CustomResourceDefinition } from "../builtin/machinery.ts";
import type { KubeClient } from "../client/kube-client.ts";
import { NoKindMatchError } from "../client/rest-mapper.ts";
import { forEachConcurrently } from "../concurrently.ts";
import { type KubeObject, refOf } from "../objects.ts";
import type { ResourceType } from "../resource-types.ts";
import { waitFor } from "../wait-for.ts";
import { ApplySetError, type ApplySetFailure } from "./apply-set-error.ts";
import { listMembers, type Member, memberKey, requestsAtOnce } from "./members.ts";
import {
  type ApplySetParent,
  type ApplySetScope,
  applySetId,
  partOfLabel,
  readParent,
  sameScope,
  unionScope,
  writeParent,
} from "./parent.ts";
import { applyOrder, groupKindOfObject, phaseOf } from "./phases.ts";
import { type PruneOptions, pruneMembers } from "./prune.ts";
import { hashOf, isUpToDate, withAppliedHash } from "./unchanged.ts";

export interface ApplySetOptions extends PruneOptions {
  /** ConfigMap that stands for the set; made if it is not there. Its namespace must exist. */
  parent: ApplySetParent;
  /** Where namespaced objects without a namespace go; default: the parent's. */
  namespace?: string;
  /** `name/version` of the tool that owns the set; default `fairlead/v1`. */
  tooling?: string;
  /** How long to wait for new CustomResourceDefinitions; default 30,000. */
  establishedTimeoutMs?: number;
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

export interface ApplyResult {
  /** Objects that were sent, as the server returned them. */
  applied: KubeObject[];
  /** How many were current already and cost no request of their own. */
  unchanged: number;
  pruned: KubeObject[];
  /** Left the set and stay, because `keep` said so. */
  kept: KubeObject[];
}

const defaultTooling = "fairlead/v1";

/**
 * Makes a set of objects be what `objects` says, as an ApplySet (KEP-3659): applies in the order of `applyOrder`,
 * then prunes what no longer belongs to the set. Re-applying an unchanged set only reads: the parent, and one list
 * for each kind.
 * @throws ApplySetError with the failure of each object, after the others were applied
 */
export async function applyObjects(client: KubeClient, options: ApplyObjectsOptions): Promise<ApplyResult> {
  const run = new ApplyRun(client, options);
  return await run.apply(options.objects, options.drift ?? "repair");
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
  /** `memberKey` of each object of the set. */
  readonly #desired = new Set<string>();

  constructor(client: KubeClient, options: ApplySetOptions) {
    this.#client = client;
    this.#options = options;
    this.#tooling = options.tooling ?? defaultTooling;
  }

  async apply(objects: readonly KubeObject[], drift: "repair" | "ignore"): Promise<ApplyResult> {
    const { parent, signal } = this.#options;
    const known = await readParent(this.#client, parent, { tooling: this.#tooling, signal });
    if (!known.exists && objects.length === 0) return this.#result;
    const contents = drift === "ignore" ? hashOf(objects) : undefined;
    if (contents !== undefined && contents === known.contents) return { ...this.#result, unchanged: objects.length };
    const desired = this.#scopeOf(objects);
    const widened = unionScope(known.scope, desired);
    if (!known.exists || known.contents !== undefined || !sameScope(known.scope, widened)) await this.#write(widened);

    let members = await listMembers(this.#client, parent, { groupKinds: widened.groupKinds, signal });
    await this.#applyAll(objects, members);
    if (this.#failures.length > 0) throw new ApplySetError(this.#failures);
    if (this.#result.applied.some(isDefinition)) {
      // Versions may be served no longer, and members would not be found by them.
      this.#client.forgetResources();
      members = await listMembers(this.#client, parent, { groupKinds: widened.groupKinds, signal });
    }
    const surplus = [...members].filter(([key]) => !this.#desired.has(key)).map(([, member]) => member);
    const { pruned, kept, left, failures } = await pruneMembers(this.#client, surplus, this.#options);
    if (failures.length > 0) throw new ApplySetError(failures);
    this.#result.pruned = pruned.map(({ object }) => object);
    this.#result.kept = kept.map(({ object }) => object);
    const narrowed = unionScope(desired, scopeOfMembers(left));
    if (contents !== undefined || !sameScope(widened, narrowed)) await this.#write(narrowed, contents);
    return this.#result;
  }

  /** @param contents only once all is as it should be */
  #write(scope: ApplySetScope, contents?: string): Promise<void> {
    const { parent, fieldManager, signal } = this.#options;
    return writeParent(this.#client, parent, { scope, contents, tooling: this.#tooling, fieldManager, signal });
  }

  #scopeOf(objects: readonly KubeObject[]): ApplySetScope {
    const { parent, namespace = parent.namespace } = this.#options;
    const namespaces = new Set(objects.map((object) => object.metadata.namespace ?? namespace));
    namespaces.delete(parent.namespace);
    return { groupKinds: new Set(objects.map(groupKindOfObject)), namespaces };
  }

  async #applyAll(objects: readonly KubeObject[], members: Map<string, Member>): Promise<void> {
    const defined = new Set(objects.filter(isDefinition).map(({ spec }) => `${spec.names.kind}.${spec.group}`));
    for (const phase of applyOrder) {
      const due = objects.filter((object) => phaseOf(groupKindOfObject(object)) === phase);
      await forEachConcurrently(due, requestsAtOnce, async (object) => {
        try {
          const type = await this.#resolve(object, defined);
          await this.#applyOne(type, this.#complete(type, object), members);
        } catch (error) {
          this.#options.signal?.throwIfAborted();
          this.#failures.push({ object, action: "apply", error });
        }
      });
    }
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

  /** The object with its namespace and the set's label. */
  #complete(type: ResourceType, object: KubeObject): KubeObject {
    const { parent, namespace = parent.namespace } = this.#options;
    const metadata = { ...object.metadata, labels: { ...object.metadata.labels, [partOfLabel]: applySetId(parent) } };
    if (type.namespaced) metadata.namespace ??= namespace;
    delete metadata.creationTimestamp; // generators write null
    return withAppliedHash({ ...object, metadata });
  }

  async #applyOne(type: ResourceType, object: KubeObject, members: Map<string, Member>): Promise<void> {
    const { fieldManager, signal } = this.#options;
    const key = memberKey(groupKindOfObject(object), object);
    this.#desired.add(key);
    const live = members.get(key)?.object;
    if (live && live.apiVersion === object.apiVersion && isUpToDate(object, live)) {
      this.#result.unchanged++;
      if (isDefinition(live)) await this.#waitEstablished(live);
      return;
    }
    const applied = await this.#client.apply(type, object, { fieldManager, force: true, signal });
    this.#result.applied.push(applied);
    if (isDefinition(applied)) await this.#waitEstablished(applied);
  }

  async #waitEstablished(definition: CustomResourceDefinition): Promise<void> {
    if (isEstablished(definition)) return;
    const { signal } = this.#options;
    const ref = refOf(definition);
    await waitFor(
      async () => isEstablished(await this.#client.get(builtin.CustomResourceDefinition, ref, { signal })),
      { what: "condition Established", timeoutMs: this.#establishedTimeoutMs, signal },
    );
  }

  get #establishedTimeoutMs(): number {
    return this.#options.establishedTimeoutMs ?? 30_000;
  }
}

function isDefinition(object: KubeObject): object is CustomResourceDefinition {
  return object.kind === "CustomResourceDefinition" && object.apiVersion === "apiextensions.k8s.io/v1";
}

function isEstablished(definition: CustomResourceDefinition): boolean {
  return (
    definition.status?.conditions?.some(({ type, status }) => type === "Established" && status === "True") ?? false
  );
}

function scopeOfMembers(members: readonly Member[]): ApplySetScope {
  return {
    groupKinds: new Set(members.map(({ groupKind }) => groupKind)),
    namespaces: new Set(members.flatMap(({ object }) => object.metadata.namespace ?? [])),
  };
}
