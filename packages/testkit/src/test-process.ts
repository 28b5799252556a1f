import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, readFileSync } from "node:fs";
import { dieWithParent, type Launch } from "@fairlead/components";

const running = new Set<ChildProcess>();

// Where the kernel cannot end a child with its parent, a test run that ends early still leaves no server behind.
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** A child process whose output goes to a file. */
export class TestProcess {
  readonly #child: ChildProcess;
  readonly #logFile: string;
  readonly #exited: Promise<unknown>;

  private constructor(launch: Launch, logFile: string) {
    this.#logFile = logFile;
    const log = createWriteStream(logFile, { flags: "a" });
    this.#child = spawn(launch.file, launch.args, { stdio: ["ignore", "pipe", "pipe"] });
    this.#child.stdout?.pipe(log, { end: false });
    this.#child.stderr?.pipe(log, { end: false });
    running.add(this.#child);
    this.#exited = once(this.#child, "close").then(
      () => this.#ended(log),
      () => this.#ended(log),
    );
  }

  static async start(binary: string, args: string[], logFile: string): Promise<TestProcess> {
    return new TestProcess(await dieWithParent(binary, args), logFile);
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
