import { resolve } from "node:path";
import { CommandError, usageError } from "../command-error.ts";
import { exitCode } from "../exit-code.ts";
import { storedToken } from "../sign-in/stored-token.ts";
import { readInstance, readToken } from "./instance.ts";

/** What the command line says; every one is optional. */
export interface ConnectionFlags {
  data?: string;
  url?: string;
  token?: string;
}

export interface Surroundings {
  env: NodeJS.ProcessEnv;
  cwd: string;
}

export interface Connection {
  url: string;
  token: string;
}

/** Absolute. `--data`, else FAIRLEAD_DATA, else `.fairlead` in the current directory. */
export function dataDirectory({ data }: ConnectionFlags, { env, cwd }: Surroundings): string {
  return resolve(cwd, data || env.FAIRLEAD_DATA || ".fairlead");
}

/**
 * The server to talk to: flags, else the environment, else the instance that runs here. A token goes only to the server
 * that it was given for: the local administrator's to the local instance, FAIRLEAD_TOKEN not to another server than
 * FAIRLEAD_URL.
 */
export async function resolveConnection(flags: ConnectionFlags, surroundings: Surroundings): Promise<Connection> {
  const { env } = surroundings;
  const url = flags.url || (flags.data ? undefined : env.FAIRLEAD_URL);
  if (!url) {
    const instance = await readInstance(dataDirectory(flags, surroundings));
    return { url: instance.url, token: flags.token || (await readToken(instance)) };
  }
  requireHttp(url);
  const ofEnvironment = !env.FAIRLEAD_URL || sameOrigin(url, env.FAIRLEAD_URL) ? env.FAIRLEAD_TOKEN : undefined;
  const token = flags.token || ofEnvironment || (await storedToken(env, url));
  if (token) return { url, token };
  const instance = await readInstance(dataDirectory(flags, surroundings)).catch(() => undefined);
  if (instance && sameOrigin(url, instance.url)) return { url, token: await readToken(instance) };
  throw new CommandError(
    exitCode.error,
    `no token for ${url}: sign in with "fairlead login", or give one with --token or FAIRLEAD_TOKEN`,
  );
}

/** The address of the server, as {@link resolveConnection} finds it, where no token is needed. */
export async function serverUrl(flags: ConnectionFlags, surroundings: Surroundings): Promise<string> {
  const url = flags.url || (flags.data ? undefined : surroundings.env.FAIRLEAD_URL);
  if (!url) return (await readInstance(dataDirectory(flags, surroundings))).url;
  requireHttp(url);
  return url;
}

function requireHttp(url: string): void {
  const protocol = URL.parse(url)?.protocol;
  if (protocol !== "http:" && protocol !== "https:") {
    throw usageError(`"${url}" is no address of a server: expected for example http://127.0.0.1:8080`);
  }
}

function sameOrigin(one: string, other: string): boolean {
  const origin = URL.parse(one)?.origin;
  return origin !== undefined && origin === URL.parse(other)?.origin;
}
