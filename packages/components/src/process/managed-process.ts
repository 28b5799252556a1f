import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { ComponentError } from "../errors.ts";
import { type BackoffOptions, backoffDelay } from "./backoff.ts";
import { Child, type ChildExit } from "./child.ts";
import { LogFile } from "./log-file.ts";
import type { PidFiles } from "./pid-file.ts";
import { becomeReady } from "./readiness.ts";
import { describeExit, type ProcessExit, type ProcessSpec, type ProcessState } from "./spec.ts";

export interface ManagedProcessContext {
  pids: PidFiles;
  logger: Logger;
  backoff: BackoffOptions;
}

export type ExitListener = (exit: ProcessExit) => void;

/** A child process that is kept running until it is stopped. Made by `Supervisor.start`. */
export class ManagedProcess {
  readonly spec: ProcessSpec;
  readonly #context: ManagedProcessContext;
  readonly #log: LogFile;
  readonly #stop = new AbortController();
  readonly #listeners = new Set<ExitListener>();
  #state: ProcessState = "starting";
  #child: Child | undefined;
  #restarts = 0;
  /** Resolves when the process has ended and will not be started again. */
  #done: Promise<void> = Promise.resolve();
  #stopped: Promise<void> | undefined;

  constructor(spec: ProcessSpec, context: ManagedProcessContext) {
    this.spec = spec;
    this.#context = { ...context, logger: context.logger.child({ process: spec.name }) };
    this.#log = new LogFile(spec.logFile);
  }

  get name(): string {
    return this.spec.name;
  }

  /** Undefined while no process runs. */
  get pid(): number | undefined {
    return this.#child?.exit ? undefined : this.#child?.pid;
  }

  get state(): ProcessState {
    return this.#state;
  }

  /** How often it was started again after it had ended by itself. */
  get restarts(): number {
    return this.#restarts;
  }

  /** Calls back each time the process ends. Returns the function that unsubscribes. */
  onExit(listener: ExitListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The last lines of output since the latest start, oldest first. */
  lastLogLines(count: number): string[] {
    return this.#log.lastLines(count);
  }

  /** The first start: resolves when ready, and throws rather than trying again. Called once, by the supervisor. */
  async start(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#done = promise;
    try {
      signal.throwIfAborted();
      const child = await this.#spawn();
      await becomeReady(child, this.spec, { log: this.#log, signal: AbortSignal.any([signal, this.#stop.signal]) });
      this.#state = "running";
      void this.#supervise(child).then(resolve);
    } catch (error) {
      this.#requestStop();
      if (this.#child) await this.#terminate(this.#child);
      this.#context.pids.remove(this.name);
      this.#state = "stopped";
      resolve();
      throw error;
    }
  }

  /** Ends the process and waits until it is gone. Never restarts afterwards. Safe to call at any time, repeatedly. */
  stop(): Promise<void> {
    this.#stopped ??= this.#doStop();
    return this.#stopped;
  }

  async #doStop(): Promise<void> {
    this.#requestStop();
    this.#state = "stopping";
    if (this.#child) await this.#terminate(this.#child);
    await this.#done;
    this.#context.pids.remove(this.name);
    this.#state = "stopped";
  }

  #requestStop(): void {
    this.#stop.abort(new ComponentError("process-stopped", `${this.name} was stopped before it was ready`));
  }

  /** Lasts until the process has ended for good. Never rejects. */
  async #supervise(first: Child): Promise<void> {
    let child: Child | undefined = first;
    let crashes = 0;
    while (child) {
      const exit: ChildExit = await child.exited;
      if (this.#stop.signal.aborted) return this.#announce(exit, undefined);
      if (this.spec.restart === "never") {
        this.#context.pids.remove(this.name);
        this.#state = "exited";
        return this.#announce(exit, undefined);
      }
      const wasStable = Date.now() - child.startedAtMs >= this.#context.backoff.stableAfterMs;
      crashes = wasStable ? 1 : crashes + 1;
      this.#state = "waiting";
      this.#announce(exit, backoffDelay(crashes, this.#context.backoff));
      child = await this.#restart(crashes);
    }
  }

  /** Starts again after the backoff, as often as it takes. Undefined once a stop is asked for. */
  async #restart(crashes: number): Promise<Child | undefined> {
    for (let attempt = crashes; ; attempt += 1) {
      try {
        await sleep(backoffDelay(attempt, this.#context.backoff), undefined, { signal: this.#stop.signal });
        const child = await this.#spawn();
        this.#restarts += 1;
        void this.#watchReadiness(child);
        return child;
      } catch (error) {
        if (this.#stop.signal.aborted) return undefined;
        this.#context.logger.error({ err: error }, "Restarting the process failed");
      }
    }
  }

  /** A restarted process that does not become ready is ended, and so restarted in its turn. */
  async #watchReadiness(child: Child): Promise<void> {
    try {
      await becomeReady(child, this.spec, { log: this.#log, signal: this.#stop.signal });
      this.#state = "running";
    } catch (error) {
      if (child.exit || this.#stop.signal.aborted) return;
      this.#context.logger.error({ err: error }, "Ending a restarted process that is not ready");
      await this.#terminate(child);
    }
  }

  async #spawn(): Promise<Child> {
    this.#stop.signal.throwIfAborted();
    this.#state = "starting";
    const child = await Child.spawn(this.spec, { log: this.#log, pids: this.#context.pids });
    this.#child = child;
    this.#context.logger.debug({ child: child.pid }, "Starting the process");
    // A stop that came meanwhile saw no child.
    if (this.#stop.signal.aborted) await this.#terminate(child);
    return child;
  }

  async #terminate(child: Child): Promise<void> {
    const killed = await child.terminate(this.spec.stopSignal ?? "SIGTERM", this.spec.stopTimeoutMs);
    if (killed) this.#context.logger.warn({ child: child.pid }, "Killing the process, it did not stop in time");
  }

  #announce(exit: ChildExit, restartInMs: number | undefined): void {
    const expected = this.#stop.signal.aborted;
    try {
      if (!expected) {
        const lines = this.#log.tellingLines(5);
        this.#context.logger.warn({ exit: describeExit(exit), restartInMs, lines }, "Handling the end of the process");
      }
      for (const listener of this.#listeners) listener({ ...exit, expected, restartInMs });
    } catch (error) {
      // Neither an unreadable log nor a faulty listener may end the supervision.
      this.#context.logger.error({ err: error }, "Announcing the end of the process failed");
    }
  }
}
