import { z } from "zod";

const dockerConfig = z.object({
  auths: z
    .record(
      z.string(),
      z.object({
        auth: z.string().optional(),
        username: z.string().optional(),
        password: z.string().optional(),
      }),
    )
    .default({}),
});

export interface RegistryLogin {
  username: string;
  password: string;
}

/**
 * The login for a registry in Docker's `config.json`. Programs that the file names (`credsStore`, `credHelpers`) are not run, identity tokens
 * are not exchanged.
 * @param host with port if it has one
 */
export function loginFor(registryConfig: string | undefined, host: string): RegistryLogin | undefined {
  if (!registryConfig) return undefined;
  const { auths } = dockerConfig.parse(JSON.parse(registryConfig));
  const aliases = host === "registry-1.docker.io" ? [host, "docker.io", "index.docker.io"] : [host];
  const [, found] = Object.entries(auths).find(([key]) => aliases.includes(hostOf(key))) ?? [];
  if (!found) return undefined;
  const [username = "", password = ""] = found.auth ? splitAuth(found.auth) : [found.username, found.password];
  return username ? { username, password } : undefined;
}

export function basic({ username, password }: { username: string; password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

/** Keys are hosts, and in older files URLs: `https://index.docker.io/v1/`. */
function hostOf(key: string): string {
  return key.replace(/^https?:\/\//, "").replace(/\/.*$/, "");
}

function splitAuth(auth: string): [string, string] {
  const text = Buffer.from(auth, "base64").toString("utf8");
  const colon = text.indexOf(":");
  return colon < 0 ? [text, ""] : [text.slice(0, colon), text.slice(colon + 1)];
}
