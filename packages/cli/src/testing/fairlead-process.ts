import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { waitFor } from "@fairlead/kube";

const bin = fileURLToPath(new URL("../../bin/fairlead.js", import.meta.url));

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

interface RunOptions {
  cwd: string;
  env?: NodeJS.ProcessEnv;
  /** For standard input. */
  input?: string;
  /** The Node.js to start it with. */
  node?: string;
}

/** The real command as a child process, without a terminal. */
export class FairleadProcess {
  stdout = "";
  stderr = "";
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;

  constructor(args: readonly string[], { cwd, env, input, node = process.execPath }: RunOptions) {
    const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("FAIRLEAD_")));
    const child = spawn(node, [bin, ...args], {
      cwd,
      env: { ...inherited, ...env },
      stdio: ["pipe", "pipe", "pipe"],
    });
    child.stdin.end(input);
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      this.stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
    });
    this.#child = child;
    this.ended = once(child, "close").then(([code]) => ({ code, stdout: this.stdout, stderr: this.stderr }));
  }

  async saysOnStderr(text: string): Promise<void> {
    await waitFor(async () => this.stderr.includes(text), { what: `"${text}" in ${this.stderr}`, timeoutMs: 30_000 });
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }
}

export function fairlead(args: readonly string[], options: RunOptions): Promise<Ended> {
  return new FairleadProcess(args, options).ended;
}
