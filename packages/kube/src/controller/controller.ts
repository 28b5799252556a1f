import { randomUUID } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import type { Logger } from "pino";
import { type Registry, register } from "prom-client";
import type { Informer } from "../informer/informer.ts";
import type { KubeObject } from "../objects.ts";
import { groupKindOf, type ResourceType } from "../resource-types.ts";
import { aborted } from "../sleep.ts";
import { isConflict } from "../status-error.ts";
import { withSpan } from "../tracing/tracing.ts";
import { TimeoutError } from "../wait-for.ts";
import { type Fairness, type Priority, WorkQueue } from "../workqueue/work-queue.ts";
import { takeBreath } from "./event-loop.ts";
import { ControllerMetrics, type ReconcileResult } from "./metrics.ts";
import { type Reconciler, TerminalError } from "./reconciler.ts";
import { type Request, requestKey } from "./request.ts";

export interface ControllerOptions {
  name: string;
  reconciler: Reconciler;
  /** Requests worked on at once; default 1. */
  concurrency?: number;
  logger: Logger;
  /** Default: prom-client's global registry. */
  registry?: Registry;
  /** Default 120,000. */
  cacheSyncTimeoutMs?: number;
  /** Delay after a request's first failure and the most; default 5 ms and 1000 s. */
  backoff?: { baseMs: number; maxMs: number };
  /** Left out: all requests are equal. */
  fairness?: Fairness<Request>;
  /** Requests for which it is false are not even queued; left out: all are. */
  concerns?: (request: Request) => boolean;
  /** What takes longer is stopped and retried; left out: nothing is. */
  reconcileTimeoutMs?: number;
  /** `traceparent` of what a request goes back to; left out, or undefined: each reconciliation is a trace of its own. */
  traceOf?: (request: Request) => string | undefined;
}

export interface WatchSourceOptions<T> {
  /** Changes that need no work: `previous` is undefined for an object that came or went. */
  filter?: (object: T, previous: T | undefined) => boolean;
}

export interface CacheSource {
  type: ResourceType;
  synced(signal: AbortSignal): Promise<void>;
}

/** What is looked at every few seconds, somebody waits for; the rest is a resync. */
function priorityAfter(delayMs: number): Priority {
  return delayMs < 60_000 ? "high" : "low";
}

/** Objects enqueued at once by a resync: more would hold everything else up. */
const resyncChunk = 500;

/** Feeds one reconciler from a work queue: the loop of controller-runtime. */
export class Controller {
  readonly name: string;
  readonly #reconciler: Reconciler;
  readonly #concurrency: number;
  readonly #logger: Logger;
  readonly #metrics: ControllerMetrics;
  readonly #cacheSyncTimeoutMs: number;
  readonly #reconcileTimeoutMs: number | undefined;
  readonly #traceOf: ControllerOptions["traceOf"];
  readonly #concerns: NonNullable<ControllerOptions["concerns"]>;
  readonly #queue: WorkQueue<Request>;
  readonly #sources = new Set<CacheSource>();
  /** Each enqueues all that a watched cache holds. */
  readonly #resyncs = new Set<() => Promise<void>>();

  constructor(options: ControllerOptions) {
    this.name = options.name;
    this.#reconciler = options.reconciler;
    this.#concurrency = options.concurrency ?? 1;
    this.#logger = options.logger.child({ controller: options.name });
    this.#cacheSyncTimeoutMs = options.cacheSyncTimeoutMs ?? 120_000;
    this.#reconcileTimeoutMs = options.reconcileTimeoutMs;
    this.#traceOf = options.traceOf;
    this.#concerns = options.concerns ?? (() => true);
    this.#metrics = ControllerMetrics.of(options.registry ?? register);
    this.#queue = new WorkQueue({
      keyOf: requestKey,
      backoff: options.backoff,
      fairness: options.fairness,
      observer: this.#metrics.queueObserver(this.name),
    });
    this.#metrics.initialise(this.name, this.#concurrency);
    this.#metrics.watchQueue(this.name, this.#queue);
  }

  enqueue(request: Request, priority: Priority = "high"): void {
    if (this.#concerns(request)) this.#queue.add(request, priority);
  }

  /**
   * Enqueues what `requestsFor` makes of each object that comes, changes or goes; of a change, both for the old and
   * the new state, so that who lost a reference hears of it. What the cache held from the start has low priority.
   * Before `run`, it waits for the informer's cache; later, as for user clusters that come and go, it does not.
   * Returns a function that takes the watch off again.
   */
  watch<T extends KubeObject>(
    informer: Informer<T>,
    requestsFor: (object: T) => Request[],
    options: WatchSourceOptions<T> = {},
  ): () => void {
    const { filter = () => true } = options;
    const enqueue = (object: T, priority: Priority) => {
      for (const request of requestsFor(object)) this.enqueue(request, priority);
    };
    const removeHandler = informer.addHandler({
      onAdd: (object, initial) => {
        if (filter(object, undefined)) enqueue(object, initial ? "low" : "high");
      },
      onUpdate: (old, object) => {
        if (!filter(object, old)) return;
        enqueue(old, "high");
        enqueue(object, "high");
      },
      onDelete: (object) => {
        if (filter(object, undefined)) enqueue(object, "high");
      },
    });
    this.#sources.add(informer);
    const resync = async () => {
      let enqueued = 0;
      for (const object of informer.list()) {
        enqueue(object, "low");
        if (++enqueued % resyncChunk === 0) await setImmediate();
      }
    };
    this.#resyncs.add(resync);
    return () => {
      this.#sources.delete(informer);
      this.#resyncs.delete(resync);
      removeHandler();
    };
  }

  /** Before `run`, it waits for these caches, too, of which it hears nothing: on one that is not full nothing can be decided. */
  needs(informers: Iterable<CacheSource>): void {
    for (const informer of informers) this.#sources.add(informer);
  }

  /** Looks at all that the watched caches hold once more, after everything else; work goes on while it is enqueued. */
  async resync(): Promise<void> {
    for (const resync of this.#resyncs) await resync();
  }

  /**
   * Works until aborted, then waits for the reconciliations under way.
   * @throws TimeoutError that names the source whose cache does not fill
   */
  async run(signal: AbortSignal): Promise<void> {
    const stop = aborted(signal).then(() => this.#queue.shutDown());
    try {
      await this.#waitForCaches(signal);
    } catch (error) {
      this.#queue.shutDown();
      if (signal.aborted) return;
      throw error;
    }
    this.#logger.info({ concurrency: this.#concurrency }, "Starting the controller");
    await Promise.all(Array.from({ length: this.#concurrency }, () => this.#work(signal)));
    await stop;
    this.#logger.debug("Stopped the controller");
  }

  async #waitForCaches(signal: AbortSignal): Promise<void> {
    const timeout = AbortSignal.timeout(this.#cacheSyncTimeoutMs);
    const either = AbortSignal.any([signal, timeout]);
    await Promise.all(
      [...this.#sources].map((source) =>
        source.synced(either).catch((cause: unknown) => {
          signal.throwIfAborted();
          const what = `the cache of ${groupKindOf(source.type)} (controller "${this.name}")`;
          throw new TimeoutError(`timed out after ${this.#cacheSyncTimeoutMs / 1000} s waiting for ${what}`, { cause });
        }),
      ),
    );
  }

  async #work(signal: AbortSignal): Promise<void> {
    for (;;) {
      await takeBreath();
      const request = await this.#queue.take();
      if (!request) return;
      try {
        await this.#reconcile(request, signal);
      } finally {
        this.#queue.done(request);
      }
    }
  }

  async #reconcile(request: Request, signal: AbortSignal): Promise<void> {
    const reconcileId = randomUUID();
    const logger = this.#logger.child({ ...request, reconcileId });
    const began = performance.now();
    let result: ReconcileResult | undefined = "success";
    let terminal = false;
    this.#metrics.began(this.name);
    try {
      const outcome = await this.#traced(request, reconcileId, () =>
        this.#withinTime(signal, (limited) =>
          this.#reconciler.reconcile(request, { signal: limited, logger, reconcileId }),
        ),
      );
      this.#queue.forget(request);
      if (outcome?.requeueAfterMs) {
        result = "requeue_after";
        this.#queue.addAfter(request, outcome.requeueAfterMs, priorityAfter(outcome.requeueAfterMs));
      }
    } catch (error) {
      if (signal.aborted) {
        result = undefined;
        logger.debug({ err: error }, "Stopping in the middle of a reconciliation");
      } else {
        result = "error";
        terminal = error instanceof TerminalError;
        this.#retry(request, error, logger);
      }
    } finally {
      this.#metrics.ended(this.name, { result, terminal, seconds: (performance.now() - began) / 1000 });
    }
  }

  #traced<R>(request: Request, reconcileId: string, work: () => Promise<R>): Promise<R> {
    const { name, namespace, cluster } = request;
    const attributes = {
      "fairlead.object": namespace === undefined ? name : `${namespace}/${name}`,
      "fairlead.reconcile_id": reconcileId,
      ...(cluster === undefined ? {} : { "fairlead.cluster": cluster }),
    };
    return withSpan({ name: `reconcile ${this.name}`, attributes, parent: this.#traceOf?.(request) }, work);
  }

  async #withinTime<R>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<R>): Promise<R> {
    if (this.#reconcileTimeoutMs === undefined) return await work(signal);
    const ms = this.#reconcileTimeoutMs;
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(new TimeoutError(`timed out after ${ms / 1000} s`)), ms);
    try {
      return await work(AbortSignal.any([signal, stop.signal]));
    } finally {
      clearTimeout(timer);
    }
  }

  #retry(request: Request, error: unknown, logger: Logger): void {
    if (error instanceof TerminalError) {
      this.#queue.forget(request);
      logger.error({ err: error }, "Giving up until the object changes");
      return;
    }
    // What fails again and again waits until nobody else has anything to do.
    const delayMs = this.#queue.addRateLimited(request, (failures) => (failures > 3 ? "low" : "high"));
    // A conflict only says that the cache was behind; the next try sees the newer object.
    if (isConflict(error)) logger.info({ reason: String(error), delayMs }, "Retrying after a conflict");
    else logger.error({ err: error, delayMs }, "Retrying after an error");
  }
}
