import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { type RegistryAccess, registryConfigFor } from "@fairlead/helm";
import { addressEntry } from "@fairlead/network";
import { usageError } from "../../command-error.ts";

/** How the registry that is written to, and the one that is read from, are reached. */
export interface RegistryFlags {
  to?: string;
  username?: string;
  passwordStdin?: boolean;
  registryConfig?: string;
  caFile?: string;
  plainHttp?: boolean;
  insecureSkipTlsVerify?: boolean;
  fromCaFile?: string;
  fromPlainHttp?: boolean;
}

/** @throws CommandError if an option lacks its companion, or a file cannot be read */
export async function targetAccess(flags: RegistryFlags, stdin: NodeJS.ReadStream): Promise<RegistryAccess> {
  const { to = "", username, passwordStdin, registryConfig, caFile, plainHttp, insecureSkipTlsVerify } = flags;
  if ((username === undefined) !== (passwordStdin !== true)) {
    throw usageError("--username and --password-stdin go together");
  }
  const logins = registryConfig ? await readOption("--registry-config", registryConfig) : undefined;
  const password = username === undefined ? "" : (await text(stdin)).replace(/\r?\n$/, "");
  const config = username === undefined ? logins : withLogin(logins, { to, username, password });
  return reaching(to, {
    ...(config === undefined ? {} : { registryConfig: config }),
    ...(caFile ? { ca: await readOption("--ca-file", caFile) } : {}),
    ...(plainHttp ? { plainHttp: true } : {}),
    ...(insecureSkipTlsVerify ? { insecureSkipTlsVerify: true } : {}),
  });
}

export async function sourceAccess(flags: RegistryFlags): Promise<RegistryAccess> {
  const { registryConfig, fromCaFile, fromPlainHttp } = flags;
  return {
    ...(registryConfig ? { registryConfig: await readOption("--registry-config", registryConfig) } : {}),
    ...(fromCaFile ? { ca: await readOption("--from-ca-file", fromCaFile) } : {}),
    ...(fromPlainHttp ? { plainHttp: true } : {}),
  };
}

/** Who runs the command says where to go: the address may be any, loopback included. */
export function reaching(url: string, access: RegistryAccess): RegistryAccess {
  const address = URL.parse(url.replace(/^oci:/, access.plainHttp ? "http:" : "https:"));
  if (!address) return access;
  const port = Number(address.port) || (address.protocol === "http:" ? 80 : 443);
  return { ...access, allowedAddresses: [addressEntry(address.hostname, port)] };
}

interface Login {
  to: string;
  username: string;
  password: string;
}

/** The logins of a file, and one more. */
function withLogin(logins: string | undefined, { to, username, password }: Login): string {
  const host = new URL(to.replace(/^oci:/, "https:")).host;
  const added = JSON.parse(registryConfigFor(host, { username, password })) as { auths: object };
  const before = parseLogins(logins);
  return JSON.stringify({ ...before, auths: { ...before.auths, ...added.auths } });
}

function parseLogins(logins: string | undefined): { auths?: object } {
  if (logins === undefined) return {};
  try {
    const parsed: unknown = JSON.parse(logins);
    if (typeof parsed === "object" && parsed !== null) return parsed;
  } catch {
    // Told below, without what the file holds.
  }
  throw usageError('--registry-config: expected JSON, like {"auths": {"registry.example.com": {"auth": "…"}}}');
}

async function readOption(option: string, file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw usageError(`${option} ${file}: cannot be read: ${cause instanceof Error ? cause.message : ""}`);
  }
}
