/** The identity provider that people sign in with, and what is registered there. */
export interface OidcSettings {
  /** As the provider names itself: `https://login.example.com/realms/main`. */
  issuer: string;
  /** Of the client that this server is; tokens for it are taken. */
  clientId: string;
  /** Absent for a public client. */
  clientSecret?: string;
  /** Further clients whose tokens are taken. */
  audiences?: readonly string[];
  /** The public client of `fairlead login`, whose tokens are taken, too. Default: the server's. */
  cliClientId?: string;
  /** Claim with the groups of a user. Default: `groups`. */
  groupsClaim?: string;
  /** Asked for at sign-in. Default: `openid email profile groups`. */
  scopes?: readonly string[];
  /** Origin under which browsers reach this server; without it nobody signs in by browser. */
  externalUrl?: string;
}

export const defaultScopes = ["openid", "email", "profile", "groups"] as const;
export const defaultGroupsClaim = "groups";

/** What a token may be made out to. */
export function acceptedAudiences({ clientId, audiences = [], cliClientId }: OidcSettings): string[] {
  return [...new Set([clientId, ...audiences, ...(cliClientId ? [cliClientId] : [])])];
}
