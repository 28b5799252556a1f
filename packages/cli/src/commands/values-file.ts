import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { usageError } from "../command-error.ts";

/**
 * A document of Helm values, YAML or JSON.
 * @param file `-` is standard input
 * @throws CommandError if it cannot be read, or holds something else
 */
export async function readValuesFile(file: string, stdin: NodeJS.ReadableStream): Promise<Record<string, unknown>> {
  const { parse } = await import("yaml");
  let values: unknown;
  try {
    values = parse(file === "-" ? await text(stdin) : await readFile(file, "utf8"));
  } catch (error) {
    throw usageError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (typeof values === "object" && values !== null && !Array.isArray(values)) return values as Record<string, unknown>;
  throw usageError(`${file}: expected a document of Helm values`);
}
