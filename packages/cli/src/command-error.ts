import { type ExitCode, exitCode } from "./exit-code.ts";

interface CommandErrorOptions extends ErrorOptions {
  /** Printed below the message, one a line. */
  details?: readonly string[];
}

/** A failure with its exit code. The message is one line for a person and says what to do. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly exitCode: ExitCode;
  readonly details: readonly string[];

  constructor(code: ExitCode, message: string, options: CommandErrorOptions = {}) {
    super(message, options);
    this.exitCode = code;
    this.details = options.details ?? [];
  }
}

export function usageError(message: string): CommandError {
  return new CommandError(exitCode.usage, message);
}

export function notFound(message: string): CommandError {
  return new CommandError(exitCode.notFound, message);
}
