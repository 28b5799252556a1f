import { setTimeout as sleep } from "node:timers/promises";
import { dieWithParent, withLimits } from "@fairlead/components";
import { withinSpan } from "@fairlead/kube";
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
  /** For messages; default helm. */
  program?: "helm" | "git";
  /** Reads why the program failed out of what it wrote; default as helm writes errors. */
  explain?: (output: ProgramOutput) => HelmError;
}

export interface ProgramOutput {
  command: string;
  stdout: string;
  stderr: string;
  secrets: readonly string[] | undefined;
}

/** Templates and repositories are other people's: one that never stops growing must not take the manager with it. */
const limits = { memoryBytes: 3 * 1024 ** 3, fileBytes: 1024 ** 3 };

/** On SIGTERM helm records the release as failed, which takes it a moment. */
const defaultGraceMs = 5_000;

/**
 * Runs helm, or git for it, to its end and returns stdout. Stopping it, by signal or limit, ends its whole process group; it dies with
 * this process too, so that a helm left over from an earlier run cannot work against the next one.
 * @throws HelmError
 */
export async function runHelm(binary: string, args: readonly string[], options: HelmProcessOptions): Promise<string> {
  const { program = "helm" } = options;
  return await withinSpan(
    () => ({ name: `${program} ${args[0] ?? ""}` }),
    () => runProgram(binary, args, options),
  );
}

async function runProgram(binary: string, args: readonly string[], options: HelmProcessOptions): Promise<string> {
  const command = args[0] ?? "";
  const { signal, limitMs, program = "helm" } = options;
  if (signal?.aborted) throw aborted(program, command, signal);
  const launch = await withLimits(await dieWithParent(binary, args), limits);
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
  if (signal?.aborted) throw aborted(program, command, signal);
  if (limit.aborted) {
    throw new HelmError("timeout", `${program} ${command} did not end within ${Math.round(limitMs / 1000)} s`, {
      command,
    });
  }
  if (result.exitCode === undefined && result.signal === undefined) {
    throw new HelmError("unknown", `${program} cannot be started: ${result.code ?? result.shortMessage}`, {
      command,
      cause: result,
    });
  }
  if (result.signal !== undefined) {
    throw new HelmError("unknown", `${program} ${command} was ended by ${result.signal}`, { command });
  }
  const { stdout, stderr } = result;
  const { secrets } = options;
  throw options.explain?.({ command, stdout, stderr, secrets }) ?? HelmError.fromStderr(command, stderr, secrets);
}

function aborted(program: string, command: string, signal: AbortSignal): HelmError {
  return new HelmError("aborted", `${program} ${command} was aborted`, { command, cause: signal.reason });
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
