import { ApiError } from "@fairlead/api-client";
import { CommandError } from "./command-error.ts";
import { type ExitCode, exitCode } from "./exit-code.ts";
import { printable } from "./output/printable.ts";

export interface ErrorReport {
  exitCode: ExitCode;
  /** The message, then what explains it. */
  lines: string[];
}

/** What a person and a shell get to know of a failure. Never a stack trace. */
export function describeError(error: unknown): ErrorReport {
  if (error instanceof CommandError) return report(error.exitCode, error.message, error.details);
  if (error instanceof ApiError) return describeApiError(error);
  if (error instanceof Error) return report(exitCode.error, error.message || error.name, detailsOf(error));
  return report(exitCode.error, String(error), []);
}

function describeApiError(error: ApiError): ErrorReport {
  const wrong = error.invalidFields;
  if (wrong.length === 0) return report(codeOf(error.status), error.message, []);
  // The message repeats the list in brackets: `invalid cluster: [a, b]`.
  const [subject = "invalid request"] = error.message.split(":");
  return report(codeOf(error.status), `${subject}:`, wrong);
}

function codeOf(status: number): ExitCode {
  switch (status) {
    case 400:
    case 422:
      return exitCode.refused;
    case 404:
      return exitCode.notFound;
    default:
      return exitCode.error;
  }
}

/** Errors of the components bring lines of a log or of a compiler's output. */
function detailsOf(error: Error): readonly string[] {
  if (!("details" in error) || !Array.isArray(error.details)) return [];
  return error.details.filter((detail) => typeof detail === "string");
}

function report(code: ExitCode, message: string, details: readonly string[]): ErrorReport {
  return { exitCode: code, lines: [`Error: ${line(message)}`, ...details.map((detail) => `  ${line(detail)}`)] };
}

/** Messages quote what others wrote. */
function line(text: string): string {
  return printable(text.trim().replaceAll(/\s*\n\s*/g, " "));
}
