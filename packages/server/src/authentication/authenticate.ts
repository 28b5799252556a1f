import type { FastifyInstance, FastifyRequest } from "fastify";
import { ApiError } from "../http/api-error.ts";
import { signalOf } from "../http/request-signal.ts";
import type { UserDirectory } from "../users/user-directory.ts";
import { type AuthenticatedUser, AuthenticationError, type Authenticator } from "./authenticator.ts";
import { bearerToken } from "./bearer-token.ts";
import { requireOwnPage } from "./own-page.ts";

const users = new WeakMap<FastifyRequest, AuthenticatedUser>();

export interface Authentication {
  authenticator: Authenticator;
  users: UserDirectory;
}

/** Lets only authenticated requests reach the routes of `app`; `userOf` then tells who it is. */
export function requireAuthentication(app: FastifyInstance, authentication: Authentication): void {
  app.addHook("onRequest", async (request, reply) => {
    try {
      users.set(request, await identify(request, authentication));
    } catch (error) {
      if (error instanceof ApiError && error.statusCode === 401) reply.header("www-authenticate", "Bearer");
      throw error;
    }
  });
}

async function identify(request: FastifyRequest, { authenticator, users: directory }: Authentication) {
  const credentials = bearerToken(request);
  if (credentials === undefined) {
    throw unauthorized("not authorized", [
      "no bearer token in header Authorization, cookie token or query parameter token",
    ]);
  }
  if (credentials.place === "cookie") requireOwnPage(request);
  const signal = signalOf(request);
  try {
    const user = await authenticator.authenticate(credentials, signal);
    if (user?.kind === "person") {
      const { spec } = await directory.recognize(user, signal);
      return { ...user, isAdmin: spec.admin === true };
    }
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
