import { apiSignInSchema } from "@fairlead/resources";
import type { FastifyInstance, FastifyRequest } from "fastify";
import * as openid from "openid-client";
import { z } from "zod";
import { AuthenticationError } from "../authentication/authenticator.ts";
import { cookieOf, tokenCookie } from "../authentication/bearer-token.ts";
import { ApiError, badRequest, unavailable } from "../http/api-error.ts";
import { parameter } from "../http/query.ts";
import { signalOf } from "../http/request-signal.ts";
import { describeRoute, otherContent } from "../openapi/describe-route.ts";
import { oidcAuthenticator } from "./authenticator.ts";
import type { IdentityProvider } from "./identity-provider.ts";
import {
  type CookieOptions,
  decodeLogin,
  encodeLogin,
  loginCookie,
  longestLoginSeconds,
  ownPath,
  setCookie,
  tokenCookieScope,
} from "./login-cookie.ts";
import { defaultScopes } from "./settings.ts";

const tag = "Users";
const paths = {
  config: "/api/v1/auth/config",
  login: "/api/v1/auth/login",
  callback: "/api/v1/auth/callback",
};
/** Browsers drop larger cookies. */
const largestCookie = 4000;

/**
 * Signing in by browser: authorization code with PKCE (RFC 7636). The ID token becomes the cookie `token`, which scripts
 * cannot read, so that nothing of a session has to be kept here and every replica knows it.
 */
export function loginRoutes(app: FastifyInstance, provider: IdentityProvider | undefined): void {
  const config = describeRoute({
    tag,
    summary: "Say how people sign in",
    answers: { 200: apiSignInSchema },
    open: true,
  });
  app.get(paths.config, { schema: config }, async () => signInOf(provider));

  const found = otherContent("text/plain", z.string());
  const login = describeRoute({
    tag,
    summary: "Send a browser to the identity provider",
    query: { return_to: z.string().optional().describe("Path of this server to come back to.") },
    answers: { 302: found },
    open: true,
  });
  app.get(paths.login, { schema: login }, async (request, reply) => {
    const { known, origin } = browserSignIn(provider);
    const configuration = await known.configuration();
    const verifier = openid.randomPKCECodeVerifier();
    const state = openid.randomState();
    const nonce = openid.randomNonce();
    const address = openid.buildAuthorizationUrl(configuration, {
      redirect_uri: origin + paths.callback,
      scope: (known.settings.scopes ?? defaultScopes).join(" "),
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      state,
      nonce,
    });
    const returnTo = ownPath(parameter(request.query, "return_to"));
    const value = encodeLogin({ state, nonce, verifier, returnTo });
    setCookie(reply, { name: loginCookie, value }, loginCookieOptions(origin, longestLoginSeconds));
    return reply.header("cache-control", "no-store").redirect(address.href, 302);
  });

  const callback = describeRoute({
    tag,
    summary: "Take a browser back from the identity provider",
    query: { code: z.string().optional(), state: z.string().optional(), error: z.string().optional() },
    answers: { 302: found },
    open: true,
  });
  app.get(paths.callback, { schema: callback }, async (request, reply) => {
    const { known, origin } = browserSignIn(provider);
    const { token, returnTo, lifetimeSeconds } = await finish(request, known, origin);
    setCookie(reply, { name: loginCookie, value: "" }, loginCookieOptions(origin, 0));
    setCookie(reply, { name: tokenCookie, value: token }, tokenCookieOptions(origin, lifetimeSeconds));
    return reply.header("cache-control", "no-store").redirect(returnTo, 302);
  });
}

function signInOf(provider: IdentityProvider | undefined) {
  if (!provider) return {};
  const { issuer, clientId, cliClientId = clientId, scopes = defaultScopes, externalUrl } = provider.settings;
  return {
    oidc: { issuer, clientId: cliClientId, scopes: [...scopes] },
    ...(externalUrl ? { loginUrl: paths.login } : {}),
  };
}

/** @throws ApiError 404 */
function browserSignIn(provider: IdentityProvider | undefined): { known: IdentityProvider; origin: string } {
  const origin = provider?.settings.externalUrl;
  if (provider && origin) return { known: provider, origin };
  throw new ApiError(404, "nobody signs in by browser here: no identity provider is configured");
}

async function finish(request: FastifyRequest, provider: IdentityProvider, origin: string) {
  const login = decodeLogin(cookieOf(request, loginCookie));
  if (!login) throw badRequest("this sign-in was begun in another browser, or too long ago: begin it anew");
  const configuration = await provider.configuration();
  const token = await redeem(configuration, new URL(request.url, origin), login);
  const user = await oidcAuthenticator(provider)
    .authenticate({ token, place: "cookie" }, signalOf(request))
    .catch((error: unknown) => {
      throw error instanceof AuthenticationError ? new ApiError(403, `sign-in is refused: ${error.message}`) : error;
    });
  if (token.length > largestCookie) {
    throw new ApiError(403, "the identity provider's token does not fit into a cookie: have it name fewer groups");
  }
  const lifetimeSeconds = Math.max(0, Math.floor((user?.expiresAt ?? 0) - Date.now() / 1000));
  return { token, returnTo: login.returnTo, lifetimeSeconds };
}

/** Code for ID token. @throws ApiError 400 if the provider, or state or nonce, says no; 503 if it does not answer */
async function redeem(
  configuration: openid.Configuration,
  address: URL,
  { state, nonce, verifier }: { state: string; nonce: string; verifier: string },
): Promise<string> {
  try {
    const { id_token: token } = await openid.authorizationCodeGrant(configuration, address, {
      pkceCodeVerifier: verifier,
      expectedState: state,
      expectedNonce: nonce,
      idTokenExpected: true,
    });
    return token ?? "";
  } catch (cause) {
    if (cause instanceof openid.AuthorizationResponseError || cause instanceof openid.ResponseBodyError) {
      throw badRequest(`the identity provider refused the sign-in: ${cause.error}`, { cause });
    }
    if (cause instanceof openid.ClientError && cause.code !== "OAUTH_TIMEOUT") {
      throw badRequest("this is not the answer to the sign-in that was begun: begin it anew", { cause });
    }
    throw unavailable("the identity provider does not answer, try again", { cause });
  }
}

function tokenCookieOptions(origin: string, maxAgeSeconds: number): CookieOptions {
  return { ...tokenCookieScope, maxAgeSeconds, secure: origin.startsWith("https:") };
}

function loginCookieOptions(origin: string, maxAgeSeconds: number): CookieOptions {
  return { path: paths.callback, sameSite: "Lax", maxAgeSeconds, secure: origin.startsWith("https:") };
}
