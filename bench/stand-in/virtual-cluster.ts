import { randomUUID } from "node:crypto";
import type { CustomResourceDefinition } from "@fairlead/kube";
import type { Content, SharedContents } from "./shared-content.ts";

/** Where a path of the API points to. */
export interface Target {
  /** `apps/deployments`; the core group is empty. */
  collection: string;
  kind: string;
  apiVersion: string;
  namespace?: string | undefined;
  name?: string | undefined;
  subresource?: string | undefined;
}

interface Entry {
  content: Content;
  uid: string;
  resourceVersion: number;
  generation: number;
  created: string;
  deletionTimestamp?: string;
}

export interface Change {
  type: "ADDED" | "MODIFIED" | "DELETED";
  collection: string;
  resourceVersion: number;
  object: Content;
}

/** An answer that is no object: what a real API server would say as a `Status`. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: number;
  readonly reason: string;

  constructor(code: number, reason: string, message: string) {
    super(message);
    this.code = code;
    this.reason = reason;
  }
}

const keptDeletions = 100;
const definitionCollection = "apiextensions.k8s.io/customresourcedefinitions";

/**
 * One virtual cluster: objects in memory, by the semantics that Fairlead's controllers rely on. It does not validate, and
 * knows no field managers: what is applied is merged over what is there, lists as a whole.
 */
export class VirtualCluster {
  readonly #collections = new Map<string, Map<string, Entry>>();
  readonly #contents: SharedContents;
  readonly #watchers = new Set<(change: Change) => void>();
  readonly #deletions: Change[] = [];
  #resourceVersion = 1;

  constructor(contents: SharedContents) {
    this.#contents = contents;
    this.apply(namespaceTarget("kube-system"), JSON.stringify({ metadata: { name: "kube-system" } }));
    this.apply(namespaceTarget("default"), JSON.stringify({ metadata: { name: "default" } }));
  }

  get resourceVersion(): number {
    return this.#resourceVersion;
  }

  get objects(): number {
    let count = 0;
    for (const entries of this.#collections.values()) count += entries.size;
    return count;
  }

  /** Its own; in the order in which they came. */
  get definitions(): CustomResourceDefinition[] {
    const entries = this.#collections.get(definitionCollection);
    return entries ? [...entries.values()].map(({ content }) => content as unknown as CustomResourceDefinition) : [];
  }

  /** Every object, as JSON would hold it. */
  *all(): Generator<Content> {
    for (const entries of this.#collections.values()) for (const entry of entries.values()) yield materialize(entry);
  }

  get(target: Target): Content {
    return materialize(this.#entry(target));
  }

  list({ collection, namespace }: Target, matches: (object: Content) => boolean): Content[] {
    const found: Content[] = [];
    for (const entry of this.#collections.get(collection)?.values() ?? []) {
      if (namespace !== undefined && entry.content.metadata.namespace !== namespace) continue;
      if (matches(entry.content)) found.push(materialize(entry));
    }
    return found;
  }

  create(target: Target, text: string): Content {
    const content = this.#contents.parse(text);
    const name = content.metadata.name ?? `${content.metadata.generateName ?? ""}${randomUUID().slice(0, 5)}`;
    const full = { ...target, name };
    if (this.#find(full)) throw new Refusal(409, "AlreadyExists", `${target.collection} "${name}" already exists`);
    return this.#put(full, content);
  }

  /** Server-side apply, by anybody. */
  apply(target: Target, text: string): Content {
    const applied = this.#contents.parse(text);
    const entry = this.#find(target);
    return this.#put(target, entry ? (merge(entry.content, applied) as Content) : applied);
  }

  mergePatch(target: Target, text: string): Content {
    const patch = JSON.parse(text) as Content;
    const entry = this.#entry(target);
    const expected = patch.metadata?.resourceVersion;
    if (expected !== undefined && expected !== `${entry.resourceVersion}`) throw conflict(target);
    return this.#put(target, merge(entry.content, patch, { nullRemoves: true }) as Content);
  }

  replace(target: Target, text: string): Content {
    const content = JSON.parse(text) as Content;
    const entry = this.#entry(target);
    const expected = content.metadata.resourceVersion;
    if (expected !== undefined && expected !== `${entry.resourceVersion}`) throw conflict(target);
    return this.#put(target, content);
  }

  delete(target: Target): Content {
    const entry = this.#entry(target);
    if ((entry.content.metadata.finalizers ?? []).length === 0) return this.#remove(target, entry);
    entry.deletionTimestamp ??= now();
    entry.resourceVersion = ++this.#resourceVersion;
    return this.#tell("MODIFIED", target.collection, entry);
  }

  get openWatches(): number {
    return this.#watchers.size;
  }

  /** What happened since, as far as it is known, and then what happens. Returns how to stop. */
  watch(target: Target, since: number, listener: (change: Change) => void): () => void {
    const { collection, namespace } = target;
    const filtered = (change: Change) => {
      if (change.collection !== collection) return;
      if (namespace === undefined || change.object.metadata.namespace === namespace) listener(change);
    };
    for (const entry of this.#collections.get(collection)?.values() ?? []) {
      if (entry.resourceVersion > since)
        filtered({
          type: "MODIFIED",
          collection,
          resourceVersion: entry.resourceVersion,
          object: materialize(entry),
        });
    }
    for (const change of this.#deletions) if (change.resourceVersion > since) filtered(change);
    this.#watchers.add(filtered);
    return () => this.#watchers.delete(filtered);
  }

  #put(target: Target, given: Content): Content {
    const { collection, apiVersion, kind } = target;
    const entries = this.#collections.get(collection) ?? new Map<string, Entry>();
    this.#collections.set(collection, entries);
    const name = target.name ?? given.metadata.name ?? "";
    const namespace = target.namespace ?? given.metadata.namespace;
    const key = `${namespace ?? ""}/${name}`;
    const known = entries.get(key);
    const content = this.#contents.share({
      ...given,
      apiVersion,
      kind,
      metadata: withoutServerFields({ ...given.metadata, name, ...(namespace ? { namespace } : {}) }),
    });
    if (known?.content === content) return materialize(known);
    const entry: Entry = known ?? { content, uid: randomUUID(), resourceVersion: 0, generation: 1, created: now() };
    if (known && JSON.stringify(known.content.spec) !== JSON.stringify(content.spec)) entry.generation++;
    entry.content = content;
    if (entry.deletionTimestamp && (content.metadata.finalizers ?? []).length === 0) return this.#remove(target, entry);
    entry.resourceVersion = ++this.#resourceVersion;
    entries.set(key, entry);
    return this.#tell(known ? "MODIFIED" : "ADDED", collection, entry);
  }

  #remove({ collection, namespace, name }: Target, entry: Entry): Content {
    this.#collections.get(collection)?.delete(`${namespace ?? ""}/${name ?? ""}`);
    entry.resourceVersion = ++this.#resourceVersion;
    return this.#tell("DELETED", collection, entry);
  }

  #tell(type: Change["type"], collection: string, entry: Entry): Content {
    const object = materialize(entry);
    const change = { type, collection, resourceVersion: entry.resourceVersion, object };
    if (type === "DELETED") {
      this.#deletions.push(change);
      if (this.#deletions.length > keptDeletions) this.#deletions.shift();
    }
    for (const watcher of this.#watchers) watcher(change);
    return object;
  }

  #find({ collection, namespace, name }: Target): Entry | undefined {
    return this.#collections.get(collection)?.get(`${namespace ?? ""}/${name ?? ""}`);
  }

  #entry(target: Target): Entry {
    const entry = this.#find(target);
    if (entry) return entry;
    throw new Refusal(404, "NotFound", `${target.collection} "${target.name}" not found`);
  }
}

function namespaceTarget(name: string): Target {
  return { collection: "/namespaces", kind: "Namespace", apiVersion: "v1", name };
}

function materialize({ content, uid, resourceVersion, generation, created, deletionTimestamp }: Entry): Content {
  const status = content.status ?? statusOf(content, generation);
  return {
    ...content,
    metadata: {
      ...content.metadata,
      uid,
      resourceVersion: `${resourceVersion}`,
      creationTimestamp: created,
      ...(content.spec === undefined ? {} : { generation }),
      ...(deletionTimestamp ? { deletionTimestamp } : {}),
    },
    ...(status === undefined ? {} : { status }),
  };
}

const simulatedNodes = 3;

/** What the controllers of a cluster with three healthy nodes would say. */
function statusOf({ kind, spec }: Content, observedGeneration: number): unknown {
  switch (kind ?? "") {
    case "CustomResourceDefinition":
      return { conditions: [{ type: "Established", status: "True" }] };
    case "DaemonSet": {
      const n = simulatedNodes;
      return {
        observedGeneration,
        desiredNumberScheduled: n,
        updatedNumberScheduled: n,
        numberAvailable: n,
        numberReady: n,
      };
    }
    case "Deployment": {
      const { replicas = 1 } = spec as { replicas?: number };
      const condition = { type: "Available", status: "True" };
      return {
        observedGeneration,
        replicas,
        updatedReplicas: replicas,
        readyReplicas: replicas,
        availableReplicas: replicas,
        conditions: [condition],
      };
    }
    default:
      return undefined;
  }
}

function withoutServerFields(metadata: Content["metadata"]): Content["metadata"] {
  const {
    uid: _uid,
    resourceVersion: _version,
    generation: _generation,
    creationTimestamp: _created,
    deletionTimestamp: _deleted,
    managedFields: _managed,
    ...rest
  } = metadata;
  return rest;
}

function merge(base: unknown, patch: unknown, options: { nullRemoves?: boolean } = {}): unknown {
  if (!isRecord(patch)) return patch;
  const merged: Record<string, unknown> = isRecord(base) ? { ...base } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null && options.nullRemoves) delete merged[key];
    else merged[key] = merge(merged[key], value, options);
  }
  return merged;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function conflict({ collection, name }: Target): Refusal {
  return new Refusal(409, "Conflict", `${collection} "${name}": the object has been modified`);
}

function now(): string {
  return new Date().toISOString().replace(/\.\d{3}Z$/, "Z");
}
