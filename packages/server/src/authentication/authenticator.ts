/** Who sends a request. */
export interface AuthenticatedUser {
  email: string;
  name: string;
  /** May do everything in every project. */
  isAdmin: boolean;
  groups: readonly string[];
}

/** Turns a bearer token into a user. Several can stand in a row: each says undefined to a token that is not its own. */
export interface Authenticator {
  /** @throws AuthenticationError if the token is its own but no longer good */
  authenticate(token: string, signal: AbortSignal): Promise<AuthenticatedUser | undefined>;
}

/** Why a token is not accepted; the message is shown to the client. */
export class AuthenticationError extends Error {
  override readonly name = "AuthenticationError";
}
