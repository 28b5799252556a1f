import type { Catalogue } from "@fairlead/network";
import { type Answer, operations } from "./operations.ts";
import { isObject, RequestError } from "./request.ts";

/** Answers one line of JSON with one line of JSON, without its end. Whatever the line is, there is an answer; nothing is thrown. */
export function answerLine(line: string, catalogue: Catalogue): string {
  try {
    return JSON.stringify(answer(JSON.parse(line), catalogue));
  } catch (error) {
    return JSON.stringify({ ok: false, error: describe(error) } satisfies Answer);
  }
}

/** @throws RequestError if the value is no request */
export function answer(request: unknown, catalogue: Catalogue): Answer {
  if (!isObject(request)) throw new RequestError("expected a JSON object with a field op");
  const { op } = request;
  const operation = typeof op === "string" ? operations.get(op) : undefined;
  if (typeof op !== "string" || operation === undefined) {
    throw new RequestError(`op: expected one of ${[...operations.keys()].join(", ")}`);
  }
  const { ok, ...rest } = operation(request, catalogue);
  return { ok, op, ...rest };
}

function describe(error: unknown): string {
  if (error instanceof RequestError) return error.message;
  if (error instanceof SyntaxError) return `the line is not JSON: ${error.message}`;
  if (error instanceof RangeError) return "the line is nested too deeply";
  return `Fairlead failed at this line: ${error instanceof Error ? error.message : String(error)}`;
}
