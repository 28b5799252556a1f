import type { FastifyInstance, FastifyRequest } from "fastify";
import { badRequest } from "./api-error.ts";

export type JsonObject = { [name: string]: unknown };

/** Deeper than any resource; a bound keeps hostile input from exhausting the stack. */
export const deepest = 64;

/** Bodies are JSON and nothing else (415); none at all is undefined. */
export function acceptJsonOnly(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "string" }, async (_request: FastifyRequest, body: string) =>
    body === "" ? undefined : parse(body),
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw badRequest(`request body: malformed JSON: ${cause instanceof Error ? cause.message : ""}`, { cause });
  }
}

/**
 * The body as an object, without fields that are null: KKP's clients send null for "not set". An entry of a list stays
 * null, for validation to refuse.
 * @throws ApiError 400 if it is no object, or nested beyond reason
 */
export function objectBody(body: unknown): JsonObject {
  if (!isObject(body)) throw badRequest("request body: expected a JSON object");
  requireShallow(body);
  return withoutNulls(body) as JsonObject;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** @throws ApiError 400 if a value is nested beyond reason */
export function requireShallow(value: unknown): void {
  if (!isShallow(value)) throw badRequest(`request body: nested deeper than ${deepest} levels`);
}

export function isShallow(value: unknown, depth = 0): boolean {
  if (depth > deepest) return false;
  if (typeof value !== "object" || value === null) return true;
  return Object.values(value).every((field) => isShallow(field, depth + 1));
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([, field]) => field !== null);
  return Object.fromEntries(entries.map(([name, field]) => [name, withoutNulls(field)]));
}
