import { spawn } from "node:child_process";
import { closeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { childEnvironment } from "../environment.ts";
import { ComponentError } from "../errors.ts";
import { inspectProcess } from "./identity.ts";
import { dieWithParent } from "./launcher.ts";
import type { LogFile } from "./log-file.ts";
import type { PidFiles } from "./pid-file.ts";
import { killGroup, sendSignal } from "./signals.ts";
import type { ProcessSpec } from "./spec.ts";

export interface ChildExit {
  code: number | undefined;
  signal: NodeJS.Signals | undefined;
}

/** One run of a program, from its spawn to its end. */
export class Child {
  readonly pid: number;
  readonly startedAtMs = Date.now();
  /** Settles when the process has ended; never rejects. */
  readonly exited: Promise<ChildExit>;
  #exit: ChildExit | undefined;

  private constructor(pid: number, exited: Promise<ChildExit>) {
    this.pid = pid;
    this.exited = exited.then((exit) => {
      this.#exit = exit;
      return exit;
    });
  }

  /** How it ended; undefined while it runs. */
  get exit(): ChildExit | undefined {
    return this.#exit;
  }

  /** Starts the program and records its pid. Throws `process-exited` if it cannot be started at all. */
  static async spawn(spec: ProcessSpec, files: { log: LogFile; pids: PidFiles }): Promise<Child> {
    const launch = await dieWithParent(spec.command, spec.args);
    const output = files.log.open();
    try {
      const child = spawn(launch.file, launch.args, {
        cwd: spec.cwd,
        env: { ...childEnvironment(), ...spec.env },
        stdio: ["ignore", output, output],
        // A session of its own: Ctrl-C on the terminal must reach us alone, who stop the children in order.
        detached: true,
        shell: false,
      });
      const { promise: exited, resolve } = Promise.withResolvers<ChildExit>();
      const { promise: failed, resolve: fail } = Promise.withResolvers<Error>();
      child.once("exit", (code, signal) => resolve({ code: code ?? undefined, signal: signal ?? undefined }));
      child.once("error", fail);
      if (child.pid === undefined) {
        const cause = await failed;
        throw new ComponentError("process-exited", `Cannot start ${spec.name}: ${cause.message}`, { cause });
      }
      const started = new Child(child.pid, exited);
      await started.#record(spec, files.pids);
      return started;
    } finally {
      closeSync(output);
    }
  }

  /** At once with what is known, then with the start time. A child that cannot be put on record may not live. */
  async #record(spec: ProcessSpec, pids: PidFiles): Promise<void> {
    const record = { name: spec.name, pid: this.pid, command: [spec.command, ...spec.args] };
    try {
      pids.write(record);
      const running = await inspectProcess(this.pid);
      if (running && !this.#exit) pids.write({ ...record, startedAt: running.startedAt });
    } catch (error) {
      killGroup(this.pid);
      await this.exited;
      throw error;
    }
  }

  /** Sends the signal, and SIGKILL to the whole process group after the timeout. Returns true if it came to that. */
  async terminate(signal: NodeJS.Signals, timeoutMs: number): Promise<boolean> {
    if (this.#exit) return false;
    sendSignal(this.pid, signal);
    const patience = new AbortController();
    const timeout = sleep(timeoutMs, "timeout", { signal: patience.signal }).catch(() => "cancelled");
    const first = await Promise.race([this.exited, timeout]);
    patience.abort();
    if (first !== "timeout") return false;
    killGroup(this.pid);
    await this.exited;
    return true;
  }
}
