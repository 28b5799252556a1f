import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { FastifyReply, FastifyRequest } from "fastify";

/** Only files of this server, and no script inside a page. Styles are set by PatternFly and by the editor as they go. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** The one document of the web UI. */
export function readPage(webDirectory: string): string {
  return readFileSync(join(webDirectory, "index.html"), "utf8");
}

export function sendPage(reply: FastifyReply, page: string): FastifyReply {
  return reply
    .header("content-security-policy", contentSecurityPolicy)
    .header("cache-control", "no-cache")
    .type("text/html; charset=utf-8")
    .send(page);
}

/** What a browser's address bar asks for, as opposed to files and the API. */
export function asksForPage({ method, url, headers }: FastifyRequest): boolean {
  const reads = method === "GET" || method === "HEAD";
  return reads && !/^\/(api|assets|live)\//.test(url) && (headers.accept ?? "").includes("text/html");
}
