import { type KubeObject, keyOf } from "../objects.ts";

export type IndexFunction<T> = (object: T) => string[];

interface Index<T> {
  valuesOf: IndexFunction<T>;
  keysByValue: Map<string, Set<string>>;
}

/** Objects by key (`namespace/name`), with indexes. Holds references; never copies. */
export class Store<T extends KubeObject> {
  readonly #objects = new Map<string, T>();
  readonly #indexes = new Map<string, Index<T>>();

  get size(): number {
    return this.#objects.size;
  }

  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  values(): MapIterator<T> {
    return this.#objects.values();
  }

  keys(): MapIterator<string> {
    return this.#objects.keys();
  }

  /** @throws Error if an index of that name exists */
  addIndex(name: string, valuesOf: IndexFunction<T>): void {
    if (this.#indexes.has(name)) throw new Error(`index "${name}" exists already`);
    const index: Index<T> = { valuesOf, keysByValue: new Map() };
    this.#indexes.set(name, index);
    for (const [key, object] of this.#objects) addToIndex(index, key, object);
  }

  /** @throws Error if there is no such index */
  byIndex(name: string, value: string): T[] {
    const index = this.#indexes.get(name);
    if (!index) throw new Error(`no index "${name}" (there is: ${[...this.#indexes.keys()].join(", ") || "none"})`);
    const objects: T[] = [];
    for (const key of index.keysByValue.get(value) ?? []) {
      const object = this.#objects.get(key);
      if (object) objects.push(object);
    }
    return objects;
  }

  /** Returns what was there before. */
  set(object: T): T | undefined {
    const key = keyOf(object.metadata);
    const old = this.#objects.get(key);
    this.#objects.set(key, object);
    for (const index of this.#indexes.values()) {
      if (old) removeFromIndex(index, key, old);
      addToIndex(index, key, object);
    }
    return old;
  }

  /** Returns what was there. */
  delete(key: string): T | undefined {
    const old = this.#objects.get(key);
    if (!old) return undefined;
    this.#objects.delete(key);
    for (const index of this.#indexes.values()) removeFromIndex(index, key, old);
    return old;
  }
}

function addToIndex<T>(index: Index<T>, key: string, object: T): void {
  for (const value of index.valuesOf(object)) {
    const keys = index.keysByValue.get(value);
    if (keys) keys.add(key);
    else index.keysByValue.set(value, new Set([key]));
  }
}

function removeFromIndex<T>(index: Index<T>, key: string, object: T): void {
  for (const value of index.valuesOf(object)) {
    const keys = index.keysByValue.get(value);
    keys?.delete(key);
    if (keys?.size === 0) index.keysByValue.delete(value);
  }
}
