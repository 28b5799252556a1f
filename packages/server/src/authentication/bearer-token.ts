import type { FastifyRequest } from "fastify";

/** The token of a request, from the three places where KKP's clients put it: header, cookie, query parameter. */
export function bearerToken(request: Pick<FastifyRequest, "headers" | "query">): string | undefined {
  return fromHeader(request.headers.authorization) ?? fromCookie(request.headers.cookie) ?? fromQuery(request.query);
}

function fromHeader(header: string | undefined): string | undefined {
  const [, token] = /^bearer +(\S+) *$/i.exec(header ?? "") ?? [];
  return token;
}

function fromCookie(header: string | undefined): string | undefined {
  for (const pair of (header ?? "").split(";")) {
    const [name, value] = pair.split("=", 2);
    if (name?.trim() === "token" && value?.trim()) return value.trim();
  }
  return undefined;
}

function fromQuery(query: unknown): string | undefined {
  const { token } = query as { token?: unknown };
  return typeof token === "string" && token !== "" ? token : undefined;
}
