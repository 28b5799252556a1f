import { readFile } from "node:fs/promises";
import type { OidcSettings } from "@fairlead/server";
import type { Command } from "commander";
import { usageError } from "../command-error.ts";
import { collect } from "../commands/options.ts";

/** How a server knows people, as `fairlead start` and `fairlead manager` are told. */
export interface OidcFlags {
  oidcIssuer?: string;
  oidcClientId?: string;
  oidcClientSecretFile?: string;
  oidcCliClientId?: string;
  oidcAudience?: string[];
  oidcGroupsClaim?: string;
  oidcScope?: string[];
  externalUrl?: string;
}

export function addOidcOptions(command: Command): Command {
  return command
    .option("--oidc-issuer <url>", "identity provider with which people sign in, as it names itself")
    .option("--oidc-client-id <id>", "of this server at the provider")
    .option("--oidc-client-secret-file <file>", "of that client (default: it is a public one)")
    .option("--oidc-cli-client-id <id>", "of the public client for `fairlead login` (default: the server's)")
    .option("--oidc-audience <id>", "further client whose tokens are taken; may be repeated", collect)
    .option("--oidc-groups-claim <name>", "claim with a user's groups (default: groups)")
    .option(
      "--oidc-scope <name>",
      "asked for at sign-in; may be repeated (default: openid,email,profile,groups)",
      collect,
    )
    .option("--external-url <url>", "origin under which browsers reach this server: they can sign in then");
}

/**
 * Undefined if no provider is named.
 * @param ownUrl where browsers reach the server unless the flags say so
 * @throws CommandError that names the flag
 */
export async function oidcSettings(flags: OidcFlags, ownUrl?: string): Promise<OidcSettings | undefined> {
  const { oidcIssuer: issuer, oidcClientId: clientId, oidcClientSecretFile: secretFile } = flags;
  const { oidcCliClientId: cliClientId, oidcAudience: audiences, oidcGroupsClaim: groupsClaim } = flags;
  const { oidcScope: scopes, externalUrl = ownUrl } = flags;
  if (issuer === undefined) {
    const [stray] = Object.keys(flags).filter((name) => name.startsWith("oidc") && flags[name as keyof OidcFlags]);
    if (stray) throw usageError("the flags --oidc-… need --oidc-issuer");
    return undefined;
  }
  requireIssuer(issuer);
  if (!clientId) throw usageError("--oidc-issuer needs --oidc-client-id");
  if (externalUrl !== undefined) requireOrigin(externalUrl);
  const clientSecret = secretFile === undefined ? undefined : await readSecret(secretFile);
  return {
    issuer,
    clientId,
    ...(clientSecret ? { clientSecret } : {}),
    ...(cliClientId ? { cliClientId } : {}),
    ...(audiences ? { audiences } : {}),
    ...(groupsClaim ? { groupsClaim } : {}),
    ...(scopes ? { scopes } : {}),
    ...(externalUrl ? { externalUrl } : {}),
  };
}

/** Without TLS whoever is on the way could sign in as anybody; on this machine nobody is. */
function requireIssuer(issuer: string): void {
  const url = URL.parse(issuer);
  if (url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url.hostname))) return;
  throw usageError(`--oidc-issuer: "${issuer}" is refused: expected an address with https://`);
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127(\.\d+){3}$/.test(host);
}

function requireOrigin(text: string): void {
  const url = URL.parse(text);
  if ((url?.protocol === "https:" || url?.protocol === "http:") && url.origin === text) return;
  throw usageError(
    `--external-url: "${text}" is refused: expected an origin, for example https://fairlead.example.com`,
  );
}

async function readSecret(file: string): Promise<string> {
  try {
    const secret = (await readFile(file, "utf8")).trim();
    if (secret !== "") return secret;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw usageError(`--oidc-client-secret-file: cannot read ${file}: ${code}`);
  }
  throw usageError(`--oidc-client-secret-file: ${file} is empty`);
}
