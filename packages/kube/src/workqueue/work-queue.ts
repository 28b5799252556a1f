import { exponentialDelayMs } from "../backoff.ts";
import { KeyedFifo } from "./fifo.ts";

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
}

interface Waiting<T> {
  item: T;
  priority: Priority;
  since: number;
}

const maxTimerMs = 2 ** 31 - 1;

/**
 * Keys to be worked on. A key waits at most once; while it is worked on it is not handed out again, and what was
 * added meanwhile comes after `done`. High priority comes before low; in each, first in, first out.
 */
export class WorkQueue<T> {
  readonly #keyOf: (item: T) => string;
  readonly #backoff: { baseMs: number; maxMs: number };
  readonly #observer: QueueObserver | undefined;
  readonly #ready: Record<Priority, KeyedFifo<Waiting<T>>> = { high: new KeyedFifo(), low: new KeyedFifo() };
  /** Added again while they were worked on. */
  readonly #dirty = new Map<string, Waiting<T>>();
  /** When the work on them began. */
  readonly #active = new Map<string, number>();
  readonly #delayed = new Map<string, { timer: NodeJS.Timeout; at: number }>();
  readonly #failures = new Map<string, number>();
  readonly #takers: ((item: T | undefined) => void)[] = [];
  #handOutScheduled = false;
  #isShutDown = false;

  constructor(options: WorkQueueOptions<T>) {
    this.#keyOf = options.keyOf;
    this.#backoff = options.backoff ?? { baseMs: 5, maxMs: 1_000_000 };
    this.#observer = options.observer;
  }

  /** Keys that wait now; those delayed or worked on do not count. */
  get size(): number {
    return this.#ready.high.size + this.#ready.low.size;
  }

  /** Keys that are worked on: since when, on `performance.now()`'s clock. */
  get activeSince(): Iterable<number> {
    return this.#active.values();
  }

  add(item: T, priority: Priority = "high"): void {
    if (this.#isShutDown) return;
    const key = this.#keyOf(item);
    this.#cancelDelay(key); // now is earlier
    const waiting = { item, priority, since: performance.now() };
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

  /** Adds after the key's own exponential backoff. Returns the delay in milliseconds. */
  addRateLimited(item: T, priority: Priority = "high"): number {
    const key = this.#keyOf(item);
    const failures = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, failures);
    this.#observer?.retried();
    const delayMs = exponentialDelayMs(failures, this.#backoff);
    this.addAfter(item, delayMs, priority);
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
    const began = this.#active.get(key);
    if (began === undefined) return;
    this.#active.delete(key);
    this.#observer?.finished((performance.now() - began) / 1000);
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
    this.#ready[waiting.priority].add(key, waiting);
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
      const next = this.#ready.high.take() ?? this.#ready.low.take();
      if (!next) break;
      const now = performance.now();
      this.#active.set(this.#keyOf(next.item), now);
      this.#observer?.taken((now - next.since) / 1000);
      this.#observeDepth();
      this.#takers.shift()?.(next.item);
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
