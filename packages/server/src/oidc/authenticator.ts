import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from "jose";
import { type AuthenticatedUser, AuthenticationError, type Authenticator } from "../authentication/authenticator.ts";
import { unavailable } from "../http/api-error.ts";
import { isReservedEmail } from "../members/email.ts";
import type { IdentityProvider } from "./identity-provider.ts";
import { acceptedAudiences, defaultGroupsClaim } from "./settings.ts";

/** How far this machine's clock and the provider's may differ. */
const clockSkewSeconds = 30;
/** Signatures by a key pair. No HMAC: its key would be the client's secret. */
const algorithms = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
];
/** More are no groups, but a mistake in the provider; each is looked up in the management API. */
const mostGroups = 200;

/** Knows people by the ID tokens of an identity provider. */
export function oidcAuthenticator(provider: IdentityProvider): Authenticator {
  return {
    authenticate: async ({ token }) => (isJwt(token) ? toUser(await verify(token, provider), provider) : undefined),
  };
}

function isJwt(token: string): boolean {
  try {
    return decodeProtectedHeader(token) !== undefined && token.split(".").length === 3;
  } catch {
    return false;
  }
}

/** @throws AuthenticationError for a token that is not good, ApiError 503 if that cannot be found out */
async function verify(token: string, provider: IdentityProvider): Promise<JWTPayload> {
  const { issuer } = provider.settings;
  const audience = acceptedAudiences(provider.settings);
  const keys = await provider.keys();
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      audience,
      algorithms,
      clockTolerance: clockSkewSeconds,
      requiredClaims: ["sub", "exp"],
    });
    // OpenID Connect Core 3.1.3.7: what is made out to several has to say for whom it was made.
    const { azp } = payload;
    if (Array.isArray(payload.aud) && payload.aud.length > 1 && azp === undefined) {
      throw new AuthenticationError('it has several audiences and no "azp"');
    }
    if (azp !== undefined && !audience.some((client) => client === azp)) {
      throw new AuthenticationError('claim "azp" is another client\'s');
    }
    return payload;
  } catch (error) {
    throw explain(error);
  }
}

/** Tokens that are wrong are the client's fault; keys that cannot be read are not. */
function explain(error: unknown): unknown {
  if (error instanceof AuthenticationError) return error;
  if (error instanceof errors.JWTExpired) {
    return new AuthenticationError(`it expired at ${new Date((error.payload.exp ?? 0) * 1000).toISOString()}`);
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    return new AuthenticationError(`claim "${error.claim}" is missing or not what this server expects`);
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) return new AuthenticationError("its signature is wrong");
  if (error instanceof errors.JOSEAlgNotAllowed) return new AuthenticationError("its algorithm is not allowed");
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) {
    return new AuthenticationError("the provider has no key that it is signed with");
  }
  if (
    error instanceof errors.JWTInvalid ||
    error instanceof errors.JWSInvalid ||
    error instanceof errors.JOSENotSupported
  ) {
    return new AuthenticationError("it is malformed");
  }
  return unavailable("the identity provider does not answer, try again", { cause: error });
}

/** @throws AuthenticationError if the token does not say who it is */
function toUser(claims: JWTPayload, { settings }: IdentityProvider): AuthenticatedUser {
  const { email: address, email_verified: verified, name, exp } = claims;
  if (typeof address !== "string" || !/^[^\s@]+@[^\s@]+$/.test(address)) {
    throw new AuthenticationError('claim "email" is missing: ask for scope email');
  }
  // Roles go by address. A provider that does not speak of it vouches for its addresses as a whole.
  if (verified === false || verified === "false") throw new AuthenticationError("its e-mail address is not verified");
  const email = address.toLowerCase();
  if (isReservedEmail(email)) throw new AuthenticationError(`"${email}" is kept for Fairlead itself`);
  const groups = claims[settings.groupsClaim ?? defaultGroupsClaim];
  return {
    email,
    name: typeof name === "string" && name !== "" ? name : email,
    isAdmin: false,
    groups: groupsOf(groups),
    kind: "person",
    expiresAt: exp ?? 0,
  };
}

function groupsOf(claim: unknown): string[] {
  const names = (Array.isArray(claim) ? claim : [claim]).filter((name) => typeof name === "string" && name !== "");
  const groups = [...new Set(names as string[])];
  if (groups.length > mostGroups) throw new AuthenticationError(`it names more than ${mostGroups} groups`);
  return groups;
}
