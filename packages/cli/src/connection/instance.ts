import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { CommandError } from "../command-error.ts";
import { exitCode } from "../exit-code.ts";

/** What `fairlead start` writes, mode 0600, while it runs. Paths are absolute. */
export interface Instance {
  version: 1;
  pid: number;
  url: string;
  tokenFile: string;
  managementKubeconfig: string;
  /** Holds kubectl and helm. */
  binDirectory: string;
  startedAt: string;
}

const instanceFileName = "instance.json";

/**
 * The instance that runs on `dataDirectory`.
 * @throws CommandError if none does, or if the file was not written by `fairlead start`: it says which token is sent
 *   where and which programs come first in PATH, so a file out of a repository that was cloned must not count
 */
export async function readInstance(dataDirectory: string): Promise<Instance> {
  const file = join(dataDirectory, instanceFileName);
  const text = await read(file, dataDirectory);
  const instance = parseInstance(text);
  if (!instance) throw distrusted(file, "it is damaged, or of another version of fairlead");
  if (((await stat(file)).mode & 0o077) !== 0) throw distrusted(file, "others may read or write it");
  if (!isLoopback(instance.url)) throw distrusted(file, `${instance.url} is not on this machine`);
  if (!isAlive(instance.pid)) throw nothingRuns(dataDirectory, `process ${instance.pid} has ended`);
  return instance;
}

export async function readToken({ tokenFile }: Instance): Promise<string> {
  try {
    const token = (await readFile(tokenFile, "utf8")).trim();
    if (token !== "") return token;
  } catch (cause) {
    throw new CommandError(exitCode.error, `cannot read the admin token from ${tokenFile}`, { cause });
  }
  throw new CommandError(exitCode.error, `the admin token in ${tokenFile} is empty: restart fairlead`);
}

async function read(file: string, dataDirectory: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR") throw nothingRuns(dataDirectory);
    throw new CommandError(exitCode.error, `cannot read ${file}: ${code}`, { cause });
  }
}

function parseInstance(text: string): Instance | undefined {
  try {
    const parsed = JSON.parse(text) as Partial<Instance> | null;
    const complete =
      parsed?.version === 1 &&
      Number.isInteger(parsed.pid) &&
      [parsed.url, parsed.tokenFile, parsed.managementKubeconfig, parsed.binDirectory].every(
        (value) => typeof value === "string" && value !== "",
      );
    return complete ? (parsed as Instance) : undefined;
  } catch {
    return undefined;
  }
}

function isLoopback(url: string): boolean {
  const host = URL.parse(url)?.hostname ?? "";
  return host === "localhost" || host === "[::1]" || /^127(\.\d+){3}$/.test(host);
}

function isAlive(pid: number): boolean {
  if (pid <= 0) return false; // 0 and negative numbers would ask for a whole process group
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function nothingRuns(dataDirectory: string, why?: string): CommandError {
  const what = `no Fairlead runs with the data in ${dataDirectory}${why ? ` (${why})` : ""}`;
  return new CommandError(
    exitCode.error,
    `${what}: start one with "fairlead start", or name another with --data or --url`,
  );
}

function distrusted(file: string, why: string): CommandError {
  return new CommandError(exitCode.error, `${file} is not used: ${why}; "fairlead start" writes it anew`);
}
