import type { FastifyRequest } from "fastify";
import type { Credentials } from "./authenticator.ts";

/** The token of a request, from the three places where KKP's clients put it: header, cookie, query parameter. */
export function bearerToken(request: Pick<FastifyRequest, "headers" | "query">): Credentials | undefined {
  const header = fromHeader(request.headers.authorization);
  if (header) return { token: header, place: "header" };
  const cookie = cookieOf(request, tokenCookie);
  if (cookie) return { token: cookie, place: "cookie" };
  const query = fromQuery(request.query);
  return query ? { token: query, place: "query" } : undefined;
}

/** Named so by KKP's clients. */
export const tokenCookie = "token";

function fromHeader(header: string | undefined): string | undefined {
  const [, token] = /^bearer +(\S+) *$/i.exec(header ?? "") ?? [];
  return token;
}

export function cookieOf({ headers }: Pick<FastifyRequest, "headers">, wanted: string): string | undefined {
  for (const pair of (headers.cookie ?? "").split(";")) {
    const [name, value] = pair.split("=", 2);
    if (name?.trim() === wanted && value?.trim()) return value.trim();
  }
  return undefined;
}

function fromQuery(query: unknown): string | undefined {
  const { token } = query as { token?: unknown };
  return typeof token === "string" && token !== "" ? token : undefined;
}
