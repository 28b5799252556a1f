import type { FastifyInstance, FastifyRequest } from "fastify";
import { ApiError } from "../http/api-error.ts";
import { signalOf } from "../http/request-signal.ts";
import type { RevokedTokens } from "../users/revoked-tokens.ts";
import type { UserDirectory } from "../users/user-directory.ts";
import { type AuthenticatedUser, AuthenticationError, type Authenticator, type Credentials } from "./authenticator.ts";
import { bearerToken } from "./bearer-token.ts";
import { requireOwnPage } from "./own-page.ts";

const users = new WeakMap<FastifyRequest, { user: AuthenticatedUser; credentials: Credentials }>();

export interface Authentication {
  authenticator: Authenticator;
  users: UserDirectory;
  revoked: RevokedTokens;
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

async function identify(request: FastifyRequest, { authenticator, users: directory, revoked }: Authentication) {
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
      const known = await directory.recognize(user, signal);
      if (await revoked.has(known, credentials.token, signal)) throw new AuthenticationError("it was signed out");
      return { user: { ...user, isAdmin: known.spec.admin === true }, credentials };
    }
    if (user) return { user, credentials };
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
  return authenticated(request).user;
}

/** As {@link userOf}; undefined for a request that was not authenticated. */
export function knownUser(request: FastifyRequest): AuthenticatedUser | undefined {
  return users.get(request)?.user;
}

/** By what the sender was known. @throws TypeError as {@link userOf} */
export function credentialsOf(request: FastifyRequest): Credentials {
  return authenticated(request).credentials;
}

function authenticated(request: FastifyRequest) {
  const found = users.get(request);
  if (!found)
    throw new TypeError(`${request.method} ${request.routeOptions.url ?? ""} does not require authentication`);
  return found;
}
