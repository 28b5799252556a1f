import { badRequest } from "./api-error.ts";
import { isObject, type JsonObject, requireShallow } from "./json-body.ts";

/**
 * Applies a JSON merge patch (RFC 7396): null takes a field away, objects are merged, everything else is replaced.
 * @returns a new value; neither argument is written to
 */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const merged = new Map(Object.entries(isObject(target) ? target : {}));
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) merged.delete(name);
    else merged.set(name, mergePatch(merged.get(name), value));
  }
  return Object.fromEntries(merged);
}

/** The body of a PATCH, nulls included. @throws ApiError 400 if it is no object, or nested beyond reason */
export function patchBody(body: unknown): JsonObject {
  if (!isObject(body)) throw badRequest("request body: expected a JSON object, a merge patch (RFC 7396)");
  requireShallow(body);
  return body;
}
