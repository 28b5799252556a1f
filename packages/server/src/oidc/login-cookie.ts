import type { FastifyReply } from "fastify";
import { z } from "zod";
import { tokenCookie } from "../authentication/bearer-token.ts";

/** What a sign-in under way has to know when the provider sends the browser back; kept in that browser alone. */
const loginSchema = z.object({
  state: z.string().min(1),
  nonce: z.string().min(1),
  verifier: z.string().min(1),
  returnTo: z.string(),
});
export type Login = z.infer<typeof loginSchema>;

export interface CookieOptions {
  maxAgeSeconds: number;
  path: string;
  /** Lax: also sent with a navigation that another site began, such as the provider's redirect. */
  sameSite: "Lax" | "Strict";
  secure: boolean;
}

export const loginCookie = "fairlead-login";
export const longestLoginSeconds = 600;

export function encodeLogin(login: Login): string {
  return Buffer.from(JSON.stringify(login)).toString("base64url");
}

export function decodeLogin(cookie: string | undefined): Login | undefined {
  try {
    return loginSchema.parse(JSON.parse(Buffer.from(cookie ?? "", "base64url").toString("utf8")));
  } catch {
    return undefined;
  }
}

/** Never readable by scripts. */
export function setCookie(reply: FastifyReply, pair: { name: string; value: string }, options: CookieOptions): void {
  const { maxAgeSeconds, path, sameSite, secure } = options;
  const attributes = [`Max-Age=${maxAgeSeconds}`, `Path=${path}`, "HttpOnly", `SameSite=${sameSite}`];
  const cookie = [`${pair.name}=${pair.value}`, ...attributes, ...(secure ? ["Secure"] : [])].join("; ");
  reply.header("set-cookie", cookie); // It adds to those that are there.
}

export const tokenCookieScope = { path: "/", sameSite: "Strict" } as const;

/** Takes the browser's token away; a cookie is replaced whether or not it was Secure. */
export function clearTokenCookie(reply: FastifyReply): void {
  setCookie(reply, { name: tokenCookie, value: "" }, { ...tokenCookieScope, maxAgeSeconds: 0, secure: false });
}

/** A path of this server. Whatever could lead elsewhere leads to the start page. */
export function ownPath(text: unknown): string {
  if (typeof text !== "string" || !text.startsWith("/")) return "/";
  const base = "http://own.invalid";
  const url = URL.parse(text, base);
  return url?.origin === base ? `${url.pathname}${url.search}${url.hash}` : "/";
}
