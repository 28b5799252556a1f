import { execa } from "execa";
import { childEnvironment } from "../environment.ts";

export interface Launch {
  file: string;
  args: string[];
}

let available: Promise<boolean> | undefined;

/** Whether util-linux's setpriv can ask the kernel to kill a child together with its parent. Found out once. */
export function hasParentDeathSignal(): Promise<boolean> {
  available ??= tryParentDeathSignal();
  return available;
}

async function tryParentDeathSignal(): Promise<boolean> {
  return process.platform === "linux" && (await works("setpriv", ["--pdeathsig", "KILL", "--", "true"]));
}

/**
 * The command, made to die with this process where the kernel can do that; it keeps the same pid, setpriv execs it.
 * The kernel watches the *thread* that spawned the child: spawn from the main thread, which lives as long as Node does.
 */
export async function dieWithParent(command: string, args: readonly string[]): Promise<Launch> {
  if (!(await hasParentDeathSignal())) return { file: command, args: [...args] };
  return { file: "setpriv", args: ["--pdeathsig", "KILL", "--", command, ...args] };
}

export interface Limits {
  /** Private writable memory, in bytes. */
  memoryBytes: number;
  /** Of each file that is written, in bytes. */
  fileBytes: number;
}

let limiting: Promise<boolean> | undefined;

/** The command with limits of its own where util-linux's prlimit is there; without it, as it was. Keeps the pid. */
export async function withLimits(launch: Launch, { memoryBytes, fileBytes }: Limits): Promise<Launch> {
  limiting ??= tryLimits();
  if (!(await limiting)) return launch;
  const limits = [`--data=${memoryBytes}`, `--fsize=${fileBytes}`];
  return { file: "prlimit", args: [...limits, "--", launch.file, ...launch.args] };
}

async function tryLimits(): Promise<boolean> {
  return process.platform === "linux" && (await works("prlimit", ["--data=1073741824", "--", "true"]));
}

async function works(command: string, args: readonly string[]): Promise<boolean> {
  const options = { env: childEnvironment(), extendEnv: false, reject: false, timeout: 5_000 } as const;
  return !(await execa(command, args, options)).failed;
}
