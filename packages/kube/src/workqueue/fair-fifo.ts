import { KeyedFifo } from "./fifo.ts";

/** Groups in groups that an item belongs to, the outermost first: `["seed-a", "project-b", "cluster-c"]`. */
export type GroupPath = readonly string[];

/**
 * Takes turns: first among the outermost groups, then among the groups of each, and in the innermost first in, first out.
 * A group with many items delays no other. Items without a path come before all groups.
 */
export class FairFifo<T> {
  readonly #root: Group<T> = newGroup();
  readonly #paths = new Map<string, GroupPath>();
  readonly #inOneGo: number;

  /** @param inOneGo how many items an innermost group may hand out before it is another one's turn */
  constructor(inOneGo = 1) {
    this.#inOneGo = inOneGo;
  }

  get size(): number {
    return this.#paths.size;
  }

  has(key: string): boolean {
    return this.#paths.has(key);
  }

  /** A key that waits already keeps its place. */
  add(key: string, item: T, path: GroupPath = []): void {
    if (this.#paths.has(key)) return;
    this.#paths.set(key, path);
    let group = this.#root;
    for (const name of path) {
      const child = group.children.get(name) ?? newGroup<T>();
      group.children.set(name, child);
      group = child;
    }
    group.items.add(key, item);
  }

  delete(key: string): boolean {
    const path = this.#paths.get(key);
    if (path === undefined) return false;
    this.#paths.delete(key);
    remove(this.#root, path, key);
    return true;
  }

  /** @param isOpen whether something may be taken from this group now */
  take(keyOf: (item: T) => string, isOpen: (path: GroupPath) => boolean = () => true): T | undefined {
    const item = takeFrom(this.#root, [], { isOpen, inOneGo: this.#inOneGo });
    if (item !== undefined) this.#paths.delete(keyOf(item));
    return item;
  }
}

interface Group<T> {
  items: KeyedFifo<T>;
  /** In the order of their turns; never an empty one. */
  children: Map<string, Group<T>>;
  /** Items that it has handed out in this turn. */
  handedOut: number;
}

interface Rules {
  isOpen: (path: GroupPath) => boolean;
  inOneGo: number;
}

function newGroup<T>(): Group<T> {
  return { items: new KeyedFifo<T>(), children: new Map(), handedOut: 0 };
}

function takeFrom<T>(group: Group<T>, path: GroupPath, rules: Rules): T | undefined {
  const own = group.items.take();
  if (own !== undefined) return own;
  for (const [name, child] of group.children) {
    const childPath = [...path, name];
    if (!rules.isOpen(childPath)) continue;
    const item = takeFrom(child, childPath, rules);
    if (item === undefined) continue;
    child.handedOut++;
    if (isEmpty(child)) group.children.delete(name);
    else if (child.children.size > 0 || child.handedOut >= rules.inOneGo) {
      child.handedOut = 0;
      group.children.delete(name);
      group.children.set(name, child); // Its next turn comes after all others'.
    }
    return item;
  }
  return undefined;
}

function remove<T>(group: Group<T>, [name, ...rest]: GroupPath, key: string): void {
  if (name === undefined) {
    group.items.delete(key);
    return;
  }
  const child = group.children.get(name);
  if (!child) return;
  remove(child, rest, key);
  if (isEmpty(child)) group.children.delete(name);
}

function isEmpty<T>({ items, children }: Group<T>): boolean {
  return items.size === 0 && children.size === 0;
}
