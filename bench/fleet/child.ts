import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";

/** A process of the benchmark that answers questions over IPC. `Ask` is what it understands. */
export class Child<Ask extends object> {
  readonly process: ChildProcess;
  readonly #waiting = new Map<number, (answer: unknown) => void>();
  #last = 0;

  constructor(module: URL, options: { execArgv?: string[]; env?: NodeJS.ProcessEnv } = {}) {
    this.process = fork(module, [], { stdio: ["ignore", "inherit", "inherit", "ipc"], ...options });
    this.process.on("message", ({ id, answer }: { id: number; answer: unknown }) => {
      this.#waiting.get(id)?.(answer);
      this.#waiting.delete(id);
    });
  }

  /** @throws Error if the process ends before it answers */
  async ask<Answer>(question: Ask): Promise<Answer> {
    const id = ++this.#last;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const onExit = (code: number | null) => reject(new Error(`${this.process.spawnargs[1]} ended with ${code}`));
    this.process.once("exit", onExit);
    this.#waiting.set(id, resolve);
    this.process.send({ id, ...question });
    try {
      return (await promise) as Answer;
    } finally {
      this.process.off("exit", onExit);
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
