import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Authentication } from "../authentication/authenticate.ts";
import { AuthenticationError, type Authenticator } from "../authentication/authenticator.ts";
import { cookieOf, tokenCookie } from "../authentication/bearer-token.ts";
import { requireOwnPage } from "../authentication/own-page.ts";
import { ApiError, badRequest } from "../http/api-error.ts";
import { objectBody } from "../http/json-body.ts";
import { signalOf } from "../http/request-signal.ts";
import { clearTokenCookie } from "../oidc/login-cookie.ts";

/**
 * Signs the web UI in and out: the token becomes a cookie that scripts cannot read and other sites cannot make the browser send.
 * Bodies are JSON only, so no foreign form can sign anybody in.
 */
export function sessionRoutes(app: FastifyInstance, authentication: Authentication): void {
  const { authenticator } = authentication;
  app.post("/session", async (request, reply) => {
    const { token } = objectBody(request.body);
    if (typeof token !== "string" || token.trim() === "") throw badRequest("token: Required value: the token is empty");
    const user = await identify(authenticator, token.trim(), request);
    if (!user) throw new ApiError(401, "this token is not known to the server");
    const lifetimeSeconds = user.expiresAt && Math.max(0, Math.floor(user.expiresAt - Date.now() / 1000));
    setCookie(request, reply, { token: token.trim(), lifetimeSeconds });
    return { email: user.email };
  });

  app.delete("/session", async (request, reply) => {
    const token = cookieOf(request, tokenCookie);
    if (token !== undefined) requireOwnPage(request);
    clearTokenCookie(reply); // Whatever happens then, this browser has it no longer.
    if (token !== undefined) await revoke(authentication, token, request);
    return {};
  });
}

/** A person's token counts no longer, on any replica; others stay as they are. */
async function revoke({ authenticator, users, revoked }: Authentication, token: string, request: FastifyRequest) {
  const user = await identify(authenticator, token, request).catch((error: unknown) => {
    if (error instanceof ApiError && error.statusCode === 401) return undefined; // It counts for nothing already.
    throw error;
  });
  if (user?.kind !== "person") return;
  await users.recognize(user, signalOf(request));
  await revoked.add(user, token);
}

async function identify(authenticator: Authenticator, token: string, request: FastifyRequest) {
  if (/[^\x21-\x7e]|[;,"\\]/.test(token)) return undefined; // no cookie can hold it
  try {
    return await authenticator.authenticate({ token, place: "cookie" }, signalOf(request));
  } catch (error) {
    if (error instanceof AuthenticationError) throw new ApiError(401, error.message);
    throw error;
  }
}

/** Kept by the browser as long as the token counts; one that does not end, until the browser is closed. */
function setCookie(
  request: FastifyRequest,
  reply: FastifyReply,
  { token, lifetimeSeconds }: { token: string; lifetimeSeconds: number | undefined },
): void {
  const secure = request.protocol === "https" || request.headers["x-forwarded-proto"] === "https";
  const life = lifetimeSeconds === undefined ? [] : [`Max-Age=${lifetimeSeconds}`];
  const parts = [`${tokenCookie}=${token}`, ...life, "Path=/", "HttpOnly", "SameSite=Strict"];
  reply.header("set-cookie", [...parts, ...(secure ? ["Secure"] : [])].join("; "));
}
