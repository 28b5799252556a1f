import { createInterface } from "node:readline/promises";
import { CommandError, usageError } from "./command-error.ts";
import { exitCode } from "./exit-code.ts";
import type { Session } from "./session.ts";

/** Asks a person before something is destroyed. @throws CommandError unless the answer is yes, or if nobody can answer */
export async function confirm(question: string, { runtime, signal }: Session): Promise<void> {
  const { stdin, stderr } = runtime;
  if (!stdin.isTTY || !stderr.isTTY)
    throw usageError("nobody can be asked here: add --yes to delete without a question");
  const lines = createInterface({ input: stdin, output: stderr });
  // On a terminal readline takes Ctrl-C for itself.
  lines.once("SIGINT", () => process.kill(process.pid, "SIGINT"));
  try {
    const answer = await lines.question(`${question} [y/N] `, { signal });
    if (/^y(es)?$/i.test(answer.trim())) return;
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    lines.close();
  }
  throw new CommandError(exitCode.error, "not confirmed, nothing was deleted");
}
