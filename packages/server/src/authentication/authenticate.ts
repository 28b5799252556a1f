import type { FastifyInstance, FastifyRequest } from "fastify";
import { ApiError } from "../http/api-error.ts";
import { signalOf } from "../http/request-signal.ts";
import { type AuthenticatedUser, AuthenticationError, type Authenticator } from "./authenticator.ts";
import { bearerToken } from "./bearer-token.ts";

const users = new WeakMap<FastifyRequest, AuthenticatedUser>();

/** Lets only authenticated requests reach the routes of `app`; `userOf` then tells who it is. */
export function requireAuthentication(app: FastifyInstance, authenticator: Authenticator): void {
  app.addHook("onRequest", async (request, reply) => {
    try {
      users.set(request, await identify(request, authenticator));
    } catch (error) {
      reply.header("www-authenticate", "Bearer");
      throw error;
    }
  });
}

async function identify(request: FastifyRequest, authenticator: Authenticator): Promise<AuthenticatedUser> {
  const token = bearerToken(request);
  if (token === undefined) {
    throw unauthorized("not authorized", [
      "no bearer token in header Authorization, cookie token or query parameter token",
    ]);
  }
  try {
    const user = await authenticator.authenticate(token, signalOf(request));
    if (user) return user;
  } catch (error) {
    if (!(error instanceof AuthenticationError)) throw error;
    throw unauthorized(`access denied, invalid token: ${error.message}`);
  }
  throw unauthorized("access denied, invalid token: not known to this server");
}

function unauthorized(message: string, details?: string[]): ApiError {
  return new ApiError(401, message, { details });
}

/** Who sends the request. @throws TypeError outside of routes that require authentication */
export function userOf(request: FastifyRequest): AuthenticatedUser {
  const user = users.get(request);
  if (!user) throw new TypeError(`${request.method} ${request.routeOptions.url ?? ""} does not require authentication`);
  return user;
}
