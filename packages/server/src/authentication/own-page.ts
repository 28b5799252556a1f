import type { FastifyRequest } from "fastify";
import { forbidden } from "../http/api-error.ts";

const readingMethods: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * A browser sends its cookies with whatever a page of another origin makes it ask for. A write by cookie is taken only
 * from a page of this server's own origin, which browsers say in `Sec-Fetch-Site`, older ones in `Origin`; what is no
 * browser says neither, and no page can make it write.
 * @throws ApiError 403
 */
export function requireOwnPage({ method, headers, host }: FastifyRequest): void {
  if (readingMethods.has(method)) return;
  const site = headers["sec-fetch-site"];
  if (site !== undefined ? site === "same-origin" || site === "none" : isOwnOrigin(headers.origin, host)) return;
  throw forbidden("a page of another site may not write by cookie: send the token in header Authorization");
}

function isOwnOrigin(origin: string | undefined, host: string): boolean {
  return origin === undefined || URL.parse(origin)?.host === host;
}
