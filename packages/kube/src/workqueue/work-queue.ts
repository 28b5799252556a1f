import { exponentialDelayMs } from "../backoff.ts";
import { FairFifo, type GroupPath } from "./fair-fifo.ts";

/** `high`: someone is waiting for it. `low`: the initial list, a resync. */
export type Priority = "high" | "low";

/** What the queue tells of itself; see `controller/metrics.ts`. */
export interface QueueObserver {
  depth(priority: Priority, size: number): void;
  added(): void;
  retried(): void;
  /** Seconds in the queue. */
  taken(waitedSeconds: number): void;
  /** Seconds of work. */
  finished(workedSeconds: number): void;
}

export interface WorkQueueOptions<T> {
  keyOf: (item: T) => string;
  /** Delay after the first failure and the most; default 5 ms and 1000 s, as controller-runtime. */
  backoff?: { baseMs: number; maxMs: number };
  observer?: QueueObserver;
  /** Left out: all items are equal. */
  fairness?: Fairness<T>;
}

/** Keeps what is slow or broken from holding up the rest. */
export interface Fairness<T> {
  /** Groups take turns; see {@link FairFifo}. Asked when an item is added. */
  groupsOf: (item: T) => GroupPath;
  /** How many items of a group are worked on at once: fewer than there are workers, so that some are left for others. */
  limitOf: (path: GroupPath) => number;
  /** How many items of an innermost group come before another one's turn; 1 if left out. */
  inOneGo?: number;
}

interface Waiting<T> {
  item: T;
  priority: Priority;
  since: number;
  groups: GroupPath;
}

interface Active {
  /** On `performance.now()`'s clock. */
  since: number;
  groups: GroupPath;
}

const maxTimerMs = 2 ** 31 - 1;

/**
 * Keys to be worked on. A key waits at most once; while it is worked on it is not handed out again, and what was
 * added meanwhile comes after `done`. High priority comes before low; in each, groups take turns, and in a group it is first
 * in, first out.
 */
export class WorkQueue<T> {
  readonly #keyOf: (item: T) => string;
  readonly #backoff: { baseMs: number; maxMs: number };
  readonly #observer: QueueObserver | undefined;
  readonly #ready: Record<Priority, FairFifo<Waiting<T>>>;
  /** Added again while they were worked on. */
  readonly #dirty = new Map<string, Waiting<T>>();
  readonly #active = new Map<string, Active>();
  /** By path: how many of a group are worked on. */
  readonly #activeOf = new Map<string, number>();
  readonly #fairness: Fairness<T> | undefined;
  readonly #delayed = new Map<string, { timer: NodeJS.Timeout; at: number }>();
  readonly #failures = new Map<string, number>();
  readonly #takers: ((item: T | undefined) => void)[] = [];
  #handOutScheduled = false;
  #isShutDown = false;

  constructor(options: WorkQueueOptions<T>) {
    this.#keyOf = options.keyOf;
    this.#backoff = options.backoff ?? { baseMs: 5, maxMs: 1_000_000 };
    this.#observer = options.observer;
    this.#fairness = options.fairness;
    const inOneGo = options.fairness?.inOneGo;
    this.#ready = { high: new FairFifo(inOneGo), low: new FairFifo(inOneGo) };
  }

  /** Keys that wait now; those delayed or worked on do not count. */
  get size(): number {
    return this.#ready.high.size + this.#ready.low.size;
  }

  /** Keys that are worked on: since when, on `performance.now()`'s clock. */
  get activeSince(): Iterable<number> {
    return this.#active.values().map(({ since }) => since);
  }

  add(item: T, priority: Priority = "high"): void {
    if (this.#isShutDown) return;
    const key = this.#keyOf(item);
    this.#cancelDelay(key); // now is earlier
    const groups = this.#fairness?.groupsOf(item) ?? [];
    const waiting = { item, priority, since: performance.now(), groups };
    if (this.#active.has(key)) this.#addDirty(key, waiting);
    else this.#addReady(key, waiting);
  }

  /** Adds later; the earlier of two wins, and a key that waits already is left alone. */
  addAfter(item: T, delayMs: number, priority: Priority = "high"): void {
    if (delayMs <= 0) {
      this.add(item, priority);
      return;
    }
    const key = this.#keyOf(item);
    if (this.#isShutDown || this.#isWaiting(key)) return;
    const at = performance.now() + delayMs;
    if ((this.#delayed.get(key)?.at ?? Number.POSITIVE_INFINITY) <= at) return;
    this.#cancelDelay(key);
    const timer = setTimeout(() => this.add(item, priority), Math.min(delayMs, maxTimerMs));
    this.#delayed.set(key, { timer, at });
  }

  /**
   * Adds after the key's own exponential backoff. Returns the delay in milliseconds.
   * @param priorityOf gets how often it has failed, this time included
   */
  addRateLimited(item: T, priorityOf: (failures: number) => Priority = () => "high"): number {
    const key = this.#keyOf(item);
    const failures = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, failures);
    this.#observer?.retried();
    const delayMs = exponentialDelayMs(failures, this.#backoff);
    this.addAfter(item, delayMs, priorityOf(failures));
    return delayMs;
  }

  /** Forgets the failures of a key. */
  forget(item: T): void {
    this.#failures.delete(this.#keyOf(item));
  }

  /** The next key, as soon as there is one; undefined after `shutDown`. Each must be given back by `done`. */
  take(): Promise<T | undefined> {
    if (this.#isShutDown) return Promise.resolve(undefined);
    const { promise, resolve } = Promise.withResolvers<T | undefined>();
    this.#takers.push(resolve);
    this.#scheduleHandOut();
    return promise;
  }

  done(item: T): void {
    const key = this.#keyOf(item);
    const active = this.#active.get(key);
    if (active === undefined) return;
    this.#active.delete(key);
    this.#count(active.groups, -1);
    this.#observer?.finished((performance.now() - active.since) / 1000);
    if (active.groups.length > 0) this.#scheduleHandOut(); // Others of its groups may have waited for that.
    const again = this.#dirty.get(key);
    this.#dirty.delete(key);
    if (again && !this.#isShutDown) this.#addReady(key, again);
  }

  /** Drops what waits; who takes gets undefined. */
  shutDown(): void {
    this.#isShutDown = true;
    for (const { timer } of this.#delayed.values()) clearTimeout(timer);
    this.#delayed.clear();
    for (const resolve of this.#takers.splice(0)) resolve(undefined);
  }

  #addReady(key: string, waiting: Waiting<T>): void {
    const { high, low } = this.#ready;
    if (high.has(key) || (waiting.priority === "low" && low.has(key))) return;
    if (!low.delete(key)) this.#observer?.added();
    this.#ready[waiting.priority].add(key, waiting, waiting.groups);
    this.#observeDepth();
    this.#scheduleHandOut();
  }

  #addDirty(key: string, waiting: Waiting<T>): void {
    const known = this.#dirty.get(key);
    if (!known) this.#observer?.added();
    if (!known || waiting.priority === "high")
      this.#dirty.set(key, { ...waiting, since: known?.since ?? waiting.since });
  }

  /** Not at once: what one chunk of a watch says of a key shall be one piece of work. */
  #scheduleHandOut(): void {
    if (this.#handOutScheduled || this.#takers.length === 0) return;
    this.#handOutScheduled = true;
    queueMicrotask(() => {
      this.#handOutScheduled = false;
      this.#handOut();
    });
  }

  #handOut(): void {
    while (this.#takers.length > 0) {
      const next = this.#takeFrom("high") ?? this.#takeFrom("low");
      if (!next) break;
      const now = performance.now();
      this.#active.set(this.#keyOf(next.item), { since: now, groups: next.groups });
      this.#count(next.groups, 1);
      this.#observer?.taken((now - next.since) / 1000);
      this.#observeDepth();
      this.#takers.shift()?.(next.item);
    }
  }

  #takeFrom(priority: Priority): Waiting<T> | undefined {
    return this.#ready[priority].take(
      ({ item }) => this.#keyOf(item),
      (path) => (this.#activeOf.get(pathKey(path)) ?? 0) < (this.#fairness?.limitOf(path) ?? Infinity),
    );
  }

  #count(groups: GroupPath, change: 1 | -1): void {
    for (let depth = 1; depth <= groups.length; depth++) {
      const key = pathKey(groups.slice(0, depth));
      const count = (this.#activeOf.get(key) ?? 0) + change;
      if (count === 0) this.#activeOf.delete(key);
      else this.#activeOf.set(key, count);
    }
  }

  #observeDepth(): void {
    this.#observer?.depth("high", this.#ready.high.size);
    this.#observer?.depth("low", this.#ready.low.size);
  }

  #isWaiting(key: string): boolean {
    return this.#ready.high.has(key) || this.#ready.low.has(key) || this.#dirty.has(key);
  }

  #cancelDelay(key: string): void {
    const delayed = this.#delayed.get(key);
    if (!delayed) return;
    clearTimeout(delayed.timer);
    this.#delayed.delete(key);
  }
}

function pathKey(path: GroupPath): string {
  return path.join("/");
}
