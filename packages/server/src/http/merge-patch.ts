import { badRequest } from "./api-error.ts";
import { isObject, type JsonObject, requireShallow } from "./json-body.ts";

/** The body of a PATCH, nulls included. @throws ApiError 400 if it is no object, or nested beyond reason */
export function patchBody(body: unknown): JsonObject {
  if (!isObject(body)) throw badRequest("request body: expected a JSON object, a merge patch (RFC 7396)");
  requireShallow(body);
  return body;
}
