import { mkdir, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { CommandError } from "../command-error.ts";
import { exitCode } from "../exit-code.ts";
import { writePrivateFile } from "../private-file.ts";

const signInSchema = z.object({
  issuer: z.string(),
  clientId: z.string(),
  idToken: z.string(),
  refreshToken: z.string().optional(),
  /** Seconds since 1970. */
  expiresAt: z.number(),
});
const fileSchema = z.object({ version: z.literal(1), servers: z.record(z.string(), signInSchema) });

/** What `fairlead login` keeps of a sign-in to one server. */
export type SignIn = z.infer<typeof signInSchema>;

/** By origin of the server, mode 0600. Undefined where there is no home. */
function credentialsFile(env: NodeJS.ProcessEnv): string | undefined {
  const config = env.XDG_CONFIG_HOME || (env.HOME && join(env.HOME, ".config"));
  return config ? join(config, "fairlead", "credentials.json") : undefined;
}

/** @throws CommandError if the file is there and cannot be relied on */
export async function readSignIn(env: NodeJS.ProcessEnv, url: string): Promise<SignIn | undefined> {
  return (await readAll(env))[originOf(url)];
}

/** Undefined takes it away. */
export async function writeSignIn(env: NodeJS.ProcessEnv, url: string, signIn: SignIn | undefined): Promise<void> {
  const file = credentialsFile(env);
  if (!file) throw new CommandError(exitCode.error, "there is no place to keep the sign-in: HOME is not set");
  const { [originOf(url)]: _, ...others } = await readAll(env);
  const servers = signIn ? { ...others, [originOf(url)]: signIn } : others;
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writePrivateFile(file, `${JSON.stringify({ version: 1, servers }, undefined, 2)}\n`);
}

async function readAll(env: NodeJS.ProcessEnv): Promise<Record<string, SignIn>> {
  const file = credentialsFile(env);
  if (!file) return {};
  let text: string;
  try {
    if (((await stat(file)).mode & 0o077) !== 0) throw distrusted(file, "others may read or write it");
    text = await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw error;
  }
  try {
    return fileSchema.parse(JSON.parse(text)).servers;
  } catch {
    throw distrusted(file, "it is damaged, or of another version of fairlead");
  }
}

function distrusted(file: string, why: string): CommandError {
  return new CommandError(exitCode.error, `${file} is not used: ${why}; delete it and sign in again`);
}

function originOf(url: string): string {
  return URL.parse(url)?.origin ?? url;
}
