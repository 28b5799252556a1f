import { InvalidArgumentError, Option } from "commander";
import { parseDuration } from "../duration.ts";

/** Parsers of option values. Each error is a usage error that commander prints with the option's name. */

function durationMs(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined || ms <= 0) throw new InvalidArgumentError("Expected a duration such as 90s, 5m or 1h30m.");
  return ms;
}

export function integer(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`Expected an integer from ${least} to ${most}.`);
  };
}

/** For options that may be given several times, or once with commas. */
export function collect(text: string, before: readonly string[] = []): string[] {
  const values = text.split(",").map((value) => value.trim());
  if (values.includes("")) throw new InvalidArgumentError("Expected a value, or several separated by commas.");
  return [...before, ...values];
}

export const clusterArgument = ["<cluster>", "its id, or its name"] as const;

export function projectOption(): Option {
  return new Option("--project <id|name>", "the project; may be left out while there is only one");
}

export function timeoutOption(): Option {
  return new Option("--timeout <duration>", "how long to wait")
    .default(defaultTimeoutMs, "10m")
    .argParser<number>(durationMs);
}

const defaultTimeoutMs = 600_000;

export function examples(...lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join("\n")}\n`;
}
