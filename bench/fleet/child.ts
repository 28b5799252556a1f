import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";

/** A process of the benchmark that answers questions over IPC. `Ask` is what it understands. */
export class Child<Ask extends object> {
  readonly process: ChildProcess;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #last = 0;

  constructor(module: URL, options: { execArgv?: string[]; env?: NodeJS.ProcessEnv } = {}) {
    this.process = fork(module, [], { stdio: ["ignore", "inherit", "inherit", "ipc"], ...options });
    this.process.on("message", ({ id, answer, error }: { id: number; answer?: unknown; error?: string }) => {
      if (error === undefined) this.#waiting.get(id)?.resolve(answer);
      else this.#waiting.get(id)?.reject(new Error(error));
    });
  }

  /** @throws Error what the process says, or if it ends before it answers; the signal's reason when aborted */
  async ask<Answer>(question: Ask, signal?: AbortSignal): Promise<Answer> {
    signal?.throwIfAborted();
    const id = ++this.#last;
    const waiting = Promise.withResolvers<unknown>();
    const onExit = (code: number | null) =>
      waiting.reject(new Error(`${this.process.spawnargs[1]} ended with ${code}`));
    const onAbort = () => waiting.reject(signal?.reason);
    this.process.once("exit", onExit);
    signal?.addEventListener("abort", onAbort);
    this.#waiting.set(id, waiting);
    try {
      this.process.send({ id, ...question });
      return (await waiting.promise) as Answer;
    } finally {
      this.process.off("exit", onExit);
      signal?.removeEventListener("abort", onAbort);
      this.#waiting.delete(id);
    }
  }

  /** Left out: it ends by itself, and so writes what node was told to write at its end. */
  async stop(signal?: NodeJS.Signals): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const gone = once(this.process, "exit");
    if (signal) this.process.kill(signal);
    else this.process.disconnect();
    await gone;
  }
}
