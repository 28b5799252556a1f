import * as openid from "openid-client";
import { CommandError } from "../command-error.ts";
import { exitCode } from "../exit-code.ts";
import type { SignIn } from "./credentials.ts";

export interface Client {
  issuer: string;
  clientId: string;
}

/** The provider as it describes itself, for a public client. @throws CommandError if it does not answer */
export async function discover({ issuer, clientId }: Client): Promise<openid.Configuration> {
  // A server says which issuer it trusts; without TLS it trusts only one on its own machine.
  const execute = issuer.startsWith("http:") ? [openid.allowInsecureRequests] : [];
  try {
    return await openid.discovery(new URL(issuer), clientId, undefined, openid.None(), { execute });
  } catch (cause) {
    throw new CommandError(exitCode.error, `the identity provider ${issuer} does not answer`, { cause });
  }
}

/** @throws CommandError if the provider gave no ID token */
export function signInOf(client: Client, tokens: Tokens, before?: SignIn): SignIn {
  const claims = tokens.claims();
  if (!tokens.id_token || !claims) {
    throw new CommandError(exitCode.error, `the identity provider ${client.issuer} gives no ID token to this client`);
  }
  const refreshToken = tokens.refresh_token ?? before?.refreshToken;
  const { issuer, clientId } = client;
  return {
    issuer,
    clientId,
    idToken: tokens.id_token,
    expiresAt: claims.exp,
    ...(refreshToken ? { refreshToken } : {}),
  };
}

/** Has the provider forget a sign-in that could be renewed, if it lets clients say so (RFC 7009). */
export async function revoke({ refreshToken, ...client }: SignIn): Promise<void> {
  if (!refreshToken) return;
  const configuration = await discover(client);
  if (configuration.serverMetadata().revocation_endpoint === undefined) return;
  await openid.tokenRevocation(configuration, refreshToken, { token_type_hint: "refresh_token" });
}

type Tokens = openid.TokenEndpointResponse & openid.TokenEndpointResponseHelpers;

/** A sign-in that goes on, if the provider lets it; undefined if one has to sign in anew. */
export async function renew(signIn: SignIn): Promise<SignIn | undefined> {
  if (!signIn.refreshToken) return undefined;
  try {
    const configuration = await discover(signIn);
    return signInOf(signIn, await openid.refreshTokenGrant(configuration, signIn.refreshToken), signIn);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    return undefined;
  }
}
