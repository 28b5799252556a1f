import { hash } from "node:crypto";
import { canonicalJson } from "@fairlead/kube";
import type { FastifyReply, FastifyRequest } from "fastify";
import { ApiError } from "./api-error.ts";

/** Of routes that honour it, for their description. */
export const ifMatchNote =
  "With the ETag of an earlier answer as If-Match it is refused with 412 if somebody else has changed it since.";

/**
 * Names what a client can change of an object, as entity tag (RFC 9110, section 8.8.3).
 * @param editable without the status: a tag that changed whenever a controller writes would call every edit outdated
 */
export function entityTag(editable: object): string {
  return `"${hash("sha256", canonicalJson(editable), "base64url").slice(0, 22)}"`;
}

/** `answer`, with the tag that a client sends back to change what it has read, and nothing else. */
export function tagged<T>(reply: FastifyReply, answer: T, editable: object): T {
  reply.header("etag", entityTag(editable));
  return answer;
}

/**
 * To be called within the attempt that stores, so that a write in between is seen, too.
 * @param what is changed, with its name: `cluster "x"`
 * @throws ApiError 412 if it is another one by now than the request's `If-Match` names
 */
export function requireMatch({ headers }: Pick<FastifyRequest, "headers">, what: string, editable: object): void {
  const ifMatch = headers["if-match"];
  if (ifMatch === undefined || ifMatch.trim() === "*") return;
  const accepted = ifMatch.split(",").map((tag) => tag.trim());
  const current = entityTag(editable);
  if (accepted.includes(current)) return;
  throw new ApiError(
    412,
    `${what} was changed since it was read: read it again, its ETag is ${current} now; nothing of this request was stored`,
  );
}
