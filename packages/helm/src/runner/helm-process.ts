import { setTimeout as sleep } from "node:timers/promises";
import { dieWithParent } from "@fairlead/components";
import { execa } from "execa";
import { HelmError } from "./helm-error.ts";

export interface HelmProcessOptions {
  cwd: string;
  env: Record<string, string>;
  signal?: AbortSignal;
  /** Limit for the whole process, above helm's own `--timeout`. */
  limitMs: number;
  /** Between SIGTERM and SIGKILL; default 5 s. 0: SIGKILL at once. */
  graceMs?: number;
  /** Strings that may not be shown. */
  secrets?: readonly string[];
}

/** On SIGTERM helm records the release as failed, which takes it a moment. */
const defaultGraceMs = 5_000;

/**
 * Runs helm to its end and returns stdout. Stopping it, by signal or limit, ends its whole process group; it dies with
 * this process too, so that a helm left over from an earlier run cannot work against the next one.
 * @throws HelmError
 */
export async function runHelm(binary: string, args: readonly string[], options: HelmProcessOptions): Promise<string> {
  const command = args[0] ?? "";
  const { signal, limitMs } = options;
  if (signal?.aborted) throw aborted(command, signal);
  const launch = await dieWithParent(binary, args);
  const child = execa(launch.file, launch.args, {
    cwd: options.cwd,
    env: options.env,
    extendEnv: false,
    stdin: "ignore",
    detached: true, // a process group of its own
    reject: false,
    stripFinalNewline: false,
  });
  const limit = AbortSignal.timeout(limitMs);
  const stop = signal ? AbortSignal.any([signal, limit]) : limit;
  const onStop = (): void => void endGroup(child.pid, child, options.graceMs ?? defaultGraceMs);
  stop.addEventListener("abort", onStop, { once: true });
  if (stop.aborted) onStop();
  const result = await child.finally(() => stop.removeEventListener("abort", onStop));
  if (!result.failed) return result.stdout;
  if (signal?.aborted) throw aborted(command, signal);
  if (limit.aborted) {
    throw new HelmError("timeout", `helm ${command} did not end within ${Math.round(limitMs / 1000)} s`, { command });
  }
  if (result.exitCode === undefined && result.signal === undefined) {
    throw new HelmError("unknown", `helm cannot be started: ${result.code ?? result.shortMessage}`, {
      command,
      cause: result,
    });
  }
  if (result.signal !== undefined) {
    throw new HelmError("unknown", `helm ${command} was ended by ${result.signal}`, { command });
  }
  throw HelmError.fromStderr(command, result.stderr, options.secrets);
}

function aborted(command: string, signal: AbortSignal): HelmError {
  return new HelmError("aborted", `helm ${command} was aborted`, { command, cause: signal.reason });
}

async function endGroup(pid: number | undefined, ended: Promise<unknown>, graceMs: number): Promise<void> {
  if (pid === undefined) return;
  if (graceMs > 0) {
    signalGroup(pid, "SIGTERM");
    const patience = new AbortController();
    await Promise.race([ended, sleep(graceMs, undefined, { signal: patience.signal }).catch(() => undefined)]);
    patience.abort();
  }
  signalGroup(pid, "SIGKILL");
}

function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}
