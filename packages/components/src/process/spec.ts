export interface ProcessSpec {
  /** Unique among the running processes of a supervisor; names the pid file. */
  name: string;
  /** Absolute path of the program, or a name to look up on PATH. Never a shell line. */
  command: string;
  args: readonly string[];
  /** Added to the small environment every child gets (PATH, HOME, TMPDIR, TZ, …). Nothing else is inherited. */
  env?: Readonly<Record<string, string>>;
  cwd?: string;
  /** Gets stdout and stderr; its directory must exist. */
  logFile: string;
  /**
   * Resolves once the process serves. The signal aborts when there is no more point in waiting. Without it the process
   * counts as ready as soon as it has been started.
   */
  ready?(signal: AbortSignal): Promise<void>;
  readyTimeoutMs: number;
  /** Between the stop signal and SIGKILL. */
  stopTimeoutMs: number;
  /** Default `SIGTERM`. */
  stopSignal?: NodeJS.Signals;
  /** What happens when it ends by itself after it was ready. Default `always`. */
  restart?: "always" | "never";
}

/**
 * - `starting`: runs, not ready yet
 * - `running`: runs and was ready
 * - `waiting`: ended by itself, will be restarted
 * - `exited`: ended by itself, will not be restarted
 * - `stopping`, `stopped`: on request
 */
export type ProcessState = "starting" | "running" | "waiting" | "exited" | "stopping" | "stopped";

export interface ProcessExit {
  /** Exit status, if it ended by itself. */
  code: number | undefined;
  /** The signal that ended it, if one did. */
  signal: NodeJS.Signals | undefined;
  /** Whether a stop was asked for. */
  expected: boolean;
  /** Set if the process will be restarted: after how long. */
  restartInMs: number | undefined;
}

/** `exited with status 1`, `was ended by SIGKILL`. */
export function describeExit(exit: Pick<ProcessExit, "code" | "signal">): string {
  return exit.signal === undefined ? `exited with status ${exit.code ?? "unknown"}` : `was ended by ${exit.signal}`;
}
