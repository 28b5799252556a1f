import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, readFileSync } from "node:fs";

const running = new Set<ChildProcess>();

// A test run that ends early must leave no server behind.
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** A child process whose output goes to a file. */
export class TestProcess {
  readonly #child: ChildProcess;
  readonly #logFile: string;
  readonly #exited: Promise<unknown>;

  constructor(binary: string, args: string[], logFile: string) {
    this.#logFile = logFile;
    const log = createWriteStream(logFile, { flags: "a" });
    this.#child = spawn(binary, args, { stdio: ["ignore", "pipe", "pipe"] });
    this.#child.stdout?.pipe(log, { end: false });
    this.#child.stderr?.pipe(log, { end: false });
    running.add(this.#child);
    this.#exited = once(this.#child, "close").then(
      () => this.#ended(log),
      () => this.#ended(log),
    );
  }

  get hasExited(): boolean {
    return !running.has(this.#child);
  }

  /** The last lines of its output, for the message of a failed start. */
  logTail(): string {
    return readFileSync(this.#logFile, "utf8").trimEnd().split("\n").slice(-15).join("\n");
  }

  async stop(signal: NodeJS.Signals): Promise<void> {
    this.#child.kill(signal);
    await this.#exited;
  }

  #ended(log: NodeJS.WritableStream): void {
    running.delete(this.#child);
    log.end();
  }
}
