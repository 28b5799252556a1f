import type { Logger } from "pino";
import { Informer } from "../informer/informer.ts";
import { LeaderElector, type LeaderElectorOptions } from "../leader-election/leader-elector.ts";
import type { KubeObject } from "../objects.ts";
import { aborted } from "../sleep.ts";
import { TimeoutError } from "../wait-for.ts";
import { Controller } from "./controller.ts";

export interface Runnable {
  /** Runs until aborted. Returning earlier is fine; a rejection ends the manager. */
  start(signal: AbortSignal): Promise<void>;
  /** `false`: also on replicas that do not lead. Default true. */
  needsLeaderElection?: boolean;
}

export interface ManagerOptions {
  logger: Logger;
  /** Left out: this process is the only one. */
  leaderElection?: Omit<LeaderElectorOptions, "logger">;
  /** Runs to its end once this process leads, before what needs the lead starts. A rejection ends the manager. */
  onLead?: (signal: AbortSignal) => Promise<void>;
  /** How long a stop waits for reconciliations under way; default 30,000. */
  gracefulShutdownTimeoutMs?: number;
}

/** Turns a rejection into the stop of all. */
type Guard = (promise: Promise<void>) => Promise<void>;

/** Another replica leads, or the lease could not be renewed in time: this process must not go on writing. */
export class LeadershipLostError extends Error {
  override readonly name = "LeadershipLostError";
}

/** Runs informers, controllers and what else has a `start`, as one: if one fails, all stop. */
export class Manager {
  readonly #options: ManagerOptions;
  readonly #informers: { start(signal: AbortSignal): void }[] = [];
  readonly #everywhere: ((signal: AbortSignal) => Promise<void>)[] = [];
  readonly #onLeader: ((signal: AbortSignal) => Promise<void>)[] = [];

  constructor(options: ManagerOptions) {
    this.#options = options;
  }

  /** Before `run`. Caches fill on every replica, so that a new leader can work at once; controllers need the lead. */
  add<T extends KubeObject>(runnable: Runnable | Controller | Informer<T>): this {
    if (runnable instanceof Informer) this.#informers.push(runnable);
    else if (runnable instanceof Controller) this.#onLeader.push((signal) => runnable.run(signal));
    else {
      const list = runnable.needsLeaderElection === false ? this.#everywhere : this.#onLeader;
      list.push((signal) => runnable.start(signal));
    }
    return this;
  }

  /**
   * Runs all until aborted, then stops them gracefully.
   * @throws what the first runnable that failed threw; LeadershipLostError; TimeoutError if they do not stop in time
   */
  async run(signal: AbortSignal): Promise<void> {
    const stop = new AbortController();
    const stopping = AbortSignal.any([signal, stop.signal]);
    let failure: { error: unknown } | undefined;
    const guard: Guard = (promise) =>
      promise.catch((error: unknown) => {
        if (stopping.aborted) this.#options.logger.debug({ err: error }, "Stopping with an error");
        else failure ??= { error };
        stop.abort();
      });
    for (const informer of this.#informers) informer.start(stopping);
    const running = this.#everywhere.map((start) => guard(start(stopping)));
    running.push(guard(this.#lead(stopping, guard)));
    await aborted(stopping);
    await this.#waitForEnd(running);
    if (failure) throw failure.error;
  }

  async #lead(signal: AbortSignal, guard: Guard): Promise<void> {
    const { leaderElection, logger } = this.#options;
    if (!leaderElection) {
      await this.#startAll(signal, guard);
      return;
    }
    const elector = new LeaderElector({ ...leaderElection, logger });
    await elector.run(signal, (leading) => this.#startAll(leading, guard));
    if (!signal.aborted)
      throw new LeadershipLostError(`lost the lease ${leaderElection.namespace}/${leaderElection.name}`);
  }

  /** Ends when all have ended: the lease must not be given back while one still works. */
  async #startAll(signal: AbortSignal, guard: Guard): Promise<void> {
    await guard(this.#options.onLead?.(signal) ?? Promise.resolve());
    if (signal.aborted) return;
    await Promise.all(this.#onLeader.map((start) => guard(start(signal))));
    await aborted(signal);
  }

  async #waitForEnd(running: Promise<void>[]): Promise<void> {
    const timeoutMs = this.#options.gracefulShutdownTimeoutMs ?? 30_000;
    const timeout = Promise.withResolvers<never>();
    const timer = setTimeout(
      () =>
        timeout.reject(new TimeoutError(`timed out after ${timeoutMs / 1000} s waiting for the controllers to stop`)),
      timeoutMs,
    );
    try {
      await Promise.race([Promise.all(running), timeout.promise]);
    } finally {
      clearTimeout(timer);
    }
  }
}
