import { mkdir } from "node:fs/promises";
import type { Logger } from "pino";
import { explainWriteError, isWriteError } from "../disk.ts";
import { ComponentError } from "../errors.ts";
import { type BackoffOptions, defaultBackoff } from "./backoff.ts";
import { ManagedProcess } from "./managed-process.ts";
import { cleanUpOrphans } from "./orphans.ts";
import { PidFiles } from "./pid-file.ts";
import type { ProcessSpec } from "./spec.ts";

export interface SupervisorOptions {
  /** Holds the pid files. One supervisor a directory: take a `DirectoryLock` around it. */
  stateDirectory: string;
  logger: Logger;
  /** How restarts are spaced. Default: 0.5 s, doubling up to 30 s, anew after a stable minute. */
  backoff?: BackoffOptions;
}

/** Runs real components as child processes: starts, restarts and stops them, and leaves none behind. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #pids: PidFiles;
  /** In the order of their start. */
  readonly #processes = new Map<string, ManagedProcess>();

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#pids = new PidFiles(options.stateDirectory);
  }

  /** Ends what an earlier run that was killed left running. Call before the first start. Returns their names. */
  async cleanUpOrphans(): Promise<string[]> {
    await this.#createStateDirectory();
    return cleanUpOrphans(this.#pids, this.#options.logger);
  }

  /**
   * Starts a process and waits until it is ready. Throws a ComponentError with the telling log lines as details, or
   * the signal's reason when aborted; in both cases nothing is left running.
   */
  async start(spec: ProcessSpec, options: { signal?: AbortSignal } = {}): Promise<ManagedProcess> {
    if (this.#processes.has(spec.name)) {
      throw new ComponentError("process-exists", `${spec.name} runs already; stop it before starting it again`);
    }
    const managed = new ManagedProcess(spec, {
      pids: this.#pids,
      logger: this.#options.logger,
      backoff: this.#options.backoff ?? defaultBackoff,
    });
    this.#processes.set(spec.name, managed);
    try {
      await this.#createStateDirectory();
      await managed.start(options.signal ?? new AbortController().signal);
    } catch (error) {
      this.#processes.delete(spec.name);
      throw isWriteError(error) ? explainWriteError(this.#options.stateDirectory, error) : error;
    }
    return managed;
  }

  get(name: string): ManagedProcess | undefined {
    return this.#processes.get(name);
  }

  /** In the order of their start. */
  list(): ManagedProcess[] {
    return [...this.#processes.values()];
  }

  /** Stops a process and forgets it. Does nothing for an unknown name. */
  async stop(name: string): Promise<void> {
    const managed = this.#processes.get(name);
    if (!managed) return;
    await managed.stop();
    // A start under the same name may have come in between.
    if (this.#processes.get(name) === managed) this.#processes.delete(name);
  }

  /** Stops the groups one after the other, each at once, and then all others in the reverse order of their start. */
  async stopAll(groups: readonly (readonly string[])[] = []): Promise<void> {
    for (const group of groups) await Promise.all(group.map((name) => this.stop(name)));
    for (const name of [...this.#processes.keys()].reverse()) await this.stop(name);
  }

  async #createStateDirectory(): Promise<void> {
    await mkdir(this.#options.stateDirectory, { recursive: true, mode: 0o700 });
  }
}
