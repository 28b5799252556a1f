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
  if (process.platform !== "linux") return false;
  const result = await execa("setpriv", ["--pdeathsig", "KILL", "--", "true"], {
    env: childEnvironment(),
    extendEnv: false,
    reject: false,
    timeout: 5_000,
  });
  return !result.failed;
}

/**
 * The command, made to die with this process where the kernel can do that; it keeps the same pid, setpriv execs it.
 * The kernel watches the *thread* that spawned the child: spawn from the main thread, which lives as long as Node does.
 */
export async function dieWithParent(command: string, args: readonly string[]): Promise<Launch> {
  if (!(await hasParentDeathSignal())) return { file: command, args: [...args] };
  return { file: "setpriv", args: ["--pdeathsig", "KILL", "--", command, ...args] };
}
