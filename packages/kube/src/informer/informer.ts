import type { Logger } from "pino";
import type { KubeClient } from "../client/kube-client.ts";
import type { WatchEvent } from "../client/watch-stream.ts";
import { type KubeObject, keyOf } from "../objects.ts";
import { groupKindOf, type ResourceType } from "../resource-types.ts";
import { deepFreeze } from "./deep-freeze.ts";
import { Reflector } from "./reflector.ts";
import { type IndexFunction, Store } from "./store.ts";

export interface InformerOptions<T extends KubeObject> {
  client: KubeClient;
  type: ResourceType<T>;
  /** Left out: all namespaces. */
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
  /** Drops what is not needed before an object is kept; gets a fresh object that it may change. */
  transform?: (object: T) => T;
  logger?: Logger;
}

export interface InformerHandler<T> {
  /** `initial`: it was there already, and is new only to this cache or handler. */
  onAdd?: (object: T, initial: boolean) => void;
  onUpdate?: (old: T, object: T) => void;
  /** Gets the last state known. */
  onDelete?: (object: T) => void;
}

/**
 * A local copy of all objects of a kind, kept current by list and watch.
 *
 * Objects are frozen to the bottom and without `metadata.managedFields`: copy before changing
 * (`structuredClone`), and never `replace` an object made from one where managedFields matter.
 * Handlers run synchronously, in order; they should only note what is to be done.
 */
export class Informer<T extends KubeObject = KubeObject> {
  readonly type: ResourceType<T>;
  readonly #store = new Store<T>();
  readonly #handlers = new Set<InformerHandler<T>>();
  readonly #reflector: Reflector<T>;
  readonly #transform: ((object: T) => T) | undefined;
  readonly #logger: Logger | undefined;
  readonly #firstList = Promise.withResolvers<void>();
  /** Keys that the list under way has not shown yet. */
  #unseen = new Set<string>();
  #hasSynced = false;
  #signal: AbortSignal | undefined;
  /** Lists and watches follow one another, never side by side. */
  #work: Promise<unknown> = Promise.resolve();

  constructor(options: InformerOptions<T>) {
    this.type = options.type;
    this.#transform = options.transform;
    this.#logger = options.logger;
    this.#reflector = new Reflector({
      ...options,
      sink: {
        beginList: () => this.#beginList(),
        listed: (objects) => this.#listed(objects),
        endList: () => this.#endList(),
        changed: (event) => this.#changed(event),
      },
    });
  }

  /**
   * Begins to list and watch in the background, until the signal is aborted. May be called again after that: it goes on where it
   * was, and tells what changed meanwhile.
   * @throws Error if it runs
   */
  start(signal: AbortSignal): void {
    if (this.#signal && !this.#signal.aborted)
      throw new Error(`the informer of ${groupKindOf(this.type)} runs already`);
    this.#signal = signal;
    this.#work = this.#work.then(() => this.#reflector.run(signal));
  }

  /** Compares with one list what is kept, and tells what changed. For an informer that does not run. @throws as a list does */
  async refresh(signal: AbortSignal): Promise<void> {
    const listed = this.#work.then(() => this.#reflector.list(signal));
    this.#work = listed.catch(() => undefined);
    await listed;
  }

  get hasSynced(): boolean {
    return this.#hasSynced;
  }

  /** Resolves once the first list is complete and all its handlers have run. @throws the signal's reason */
  async synced(signal?: AbortSignal): Promise<void> {
    if (!signal) return await this.#firstList.promise;
    signal.throwIfAborted();
    const { promise, reject } = Promise.withResolvers<never>();
    const onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      await Promise.race([this.#firstList.promise, promise]);
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  /** `key` as `keyOf` makes it: `namespace/name`, or `name`. */
  get(key: string): T | undefined {
    return this.#store.get(key);
  }

  list(): T[] {
    return [...this.#store.values()];
  }

  get size(): number {
    return this.#store.size;
  }

  addIndex(name: string, valuesOf: IndexFunction<T>): void {
    this.#store.addIndex(name, valuesOf);
  }

  byIndex(name: string, value: string): T[] {
    return this.#store.byIndex(name, value);
  }

  /** What is cached already comes as `onAdd` at once. Returns a function that takes the handler off again. */
  addHandler(handler: InformerHandler<T>): () => void {
    this.#handlers.add(handler);
    for (const object of this.#store.values()) this.#guard(() => handler.onAdd?.(object, true));
    return () => this.#handlers.delete(handler);
  }

  #beginList(): void {
    this.#unseen = new Set(this.#store.keys());
  }

  #listed(objects: T[]): void {
    for (const object of objects) {
      this.#unseen.delete(keyOf(object.metadata));
      this.#upsert(object);
    }
  }

  #endList(): void {
    for (const key of this.#unseen) this.#remove(key);
    this.#unseen.clear();
    this.#hasSynced = true;
    this.#firstList.resolve();
  }

  #changed(event: WatchEvent<T>): void {
    switch (event.type) {
      case "ADDED":
      case "MODIFIED":
        this.#upsert(event.object);
        break;
      case "DELETED":
        this.#remove(keyOf(event.object.metadata), this.#prepare(event.object));
        break;
      case "BOOKMARK":
        break;
    }
  }

  #upsert(fresh: T): void {
    const known = this.#store.get(keyOf(fresh.metadata));
    if (known && known.metadata.resourceVersion === fresh.metadata.resourceVersion) return;
    const object = this.#prepare(fresh);
    const old = this.#store.set(object);
    const initial = !this.#hasSynced;
    if (old && old.metadata.uid !== object.metadata.uid) {
      // Deleted and created anew while nothing watched.
      this.#notify((handler) => handler.onDelete?.(old));
      this.#notify((handler) => handler.onAdd?.(object, initial));
    } else if (old) this.#notify((handler) => handler.onUpdate?.(old, object));
    else this.#notify((handler) => handler.onAdd?.(object, initial));
  }

  #remove(key: string, last?: T): void {
    const known = this.#store.delete(key);
    const object = last ?? known;
    if (known && object) this.#notify((handler) => handler.onDelete?.(object));
  }

  #prepare(object: T): T {
    delete object.metadata.managedFields;
    return deepFreeze(this.#transform ? this.#transform(object) : object);
  }

  #notify(call: (handler: InformerHandler<T>) => void): void {
    for (const handler of this.#handlers) this.#guard(() => call(handler));
  }

  #guard(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#logger?.error({ err: error, resource: this.type.plural }, "Handling a change failed");
    }
  }
}
