import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { waitFor } from "@fairlead/kube";

const bin = fileURLToPath(new URL("../../../bin/fairlead.js", import.meta.url));

export interface Exit {
  code: number | null;
  output: string;
}

/** `fairlead start` as a person runs it: a process of its own, which can be killed. */
export class FairleadProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  #output = "";

  /** @param prefix command line that runs it in other circumstances, for example `unshare --net` */
  constructor(directory: string, port: number, prefix: readonly string[] = []) {
    const start = [process.execPath, bin, "start", "--data", directory, "--port", `${port}`];
    const [command = "", ...rest] = [...prefix, ...start];
    this.#child = spawn(command, rest, {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, FORCE_COLOR: "0" },
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on("data", (chunk: Buffer) => {
        this.#output += chunk.toString("utf8");
      });
    }
  }

  get output(): string {
    return this.#output;
  }

  /** How it ended, if it did. */
  get ended(): string | undefined {
    const { exitCode, signalCode } = this.#child;
    return exitCode === null && signalCode === null ? undefined : `${exitCode ?? signalCode}`;
  }

  /** @throws TimeoutError, or an Error with what was printed if it ended instead */
  async ready(): Promise<void> {
    await waitFor(
      () => {
        if (this.#child.exitCode !== null) return true;
        return this.#output.includes("Fairlead is ready");
      },
      { what: "fairlead start to be ready", timeoutMs: 120_000 },
    );
    if (this.#child.exitCode !== null) throw new Error(`fairlead ended with ${this.#child.exitCode}:\n${this.#output}`);
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async exit(): Promise<Exit> {
    if (this.ended === undefined) await once(this.#child, "close");
    return { code: this.#child.exitCode, output: this.#output };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.ended === undefined) this.#child.kill("SIGINT");
    await this.exit();
  }
}

/** Process ids of all that was started with the data directory and still runs, by their command lines. */
export async function processesOf(directory: string): Promise<number[]> {
  return [...(await commandLinesOf(directory)).keys()];
}

/** See {@link processesOf}; arguments are separated by spaces. */
export async function commandLinesOf(directory: string): Promise<Map<number, string>> {
  const entries = await readdir("/proc");
  const found = new Map<number, string>();
  for (const pid of entries.filter((entry) => /^\d+$/.test(entry)).map(Number)) {
    const commandLine = await readFile(join("/proc", `${pid}`, "cmdline"), "utf8").catch(() => "");
    if (commandLine.includes(directory) && pid !== process.pid) found.set(pid, commandLine.replaceAll("\0", " "));
  }
  return found;
}
