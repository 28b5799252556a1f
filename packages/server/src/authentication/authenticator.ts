/** Who sends a request. */
export interface AuthenticatedUser {
  /** In lower case. */
  email: string;
  name: string;
  /** May do everything in every project. */
  isAdmin: boolean;
  /** As the identity provider names them. */
  groups: readonly string[];
  /** People have a User object from their first request on; service accounts had theirs before; `local` has none. */
  kind: "local" | "person" | "service-account";
  /** When the token ends, in seconds since 1970, if it says so itself. */
  expiresAt?: number;
}

/** Where a token was in the request. */
export type TokenPlace = "header" | "cookie" | "query";

export interface Credentials {
  token: string;
  place: TokenPlace;
}

/** Turns a bearer token into a user. Several can stand in a row: each says undefined to a token that is not its own. */
export interface Authenticator {
  /** @throws AuthenticationError if the token is its own but no longer good */
  authenticate(credentials: Credentials, signal: AbortSignal): Promise<AuthenticatedUser | undefined>;
}

/** Why a token is not accepted; the message is shown to the client. */
export class AuthenticationError extends Error {
  override readonly name = "AuthenticationError";
}

/** Asks one after the other. */
export function firstOf(authenticators: readonly Authenticator[]): Authenticator {
  return {
    authenticate: async (credentials, signal) => {
      for (const authenticator of authenticators) {
        const user = await authenticator.authenticate(credentials, signal);
        if (user) return user;
      }
      return undefined;
    },
  };
}
