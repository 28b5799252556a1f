import { type ExitCode, exitCode } from "./exit-code.ts";
import { createProgram, usageExitCode } from "./program.ts";
import type { Runtime } from "./session.ts";

/**
 * Runs one command line, without the executable's name. Errors are reported on standard error; nothing is thrown.
 * @example
 * process.exitCode = await run(["cluster", "list", "-o", "json"], { ...process, cwd: process.cwd() });
 */
export async function run(args: readonly string[], runtime: Runtime): Promise<ExitCode> {
  try {
    await createProgram(runtime).parseAsync(args, { from: "user" });
    return exitCode.ok;
  } catch (error) {
    return usageExitCode(error) ?? (await report(error, runtime));
  }
}

async function report(error: unknown, { stderr, env }: Runtime): Promise<ExitCode> {
  const { describeError } = await import("./describe-error.ts");
  const { lines, exitCode: code } = describeError(error);
  for (const line of lines) stderr.write(`${line}\n`);
  if (env.FAIRLEAD_DEBUG) {
    const { inspect } = await import("node:util");
    stderr.write(`${inspect(error)}\n`);
  }
  return code;
}
