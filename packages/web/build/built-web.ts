import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { glob, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

const run = promisify(execFile);
const compress = promisify(gzip);
const packages = fileURLToPath(new URL("../..", import.meta.url));
/** Everything that the built files are made of. */
const sources = [
  "web/{index.html,vite.config.ts,package.json}",
  "web/src/**/*",
  "web/build/*.ts",
  "{api-client,network,resources}/{package.json,src/**/*}",
  "../package-lock.json",
];
const buildTimeoutMs = 300_000;

export interface BuildOptions {
  /** Called before something is built, which takes seconds; not if it was built before. */
  onBuild?: () => void;
  signal?: AbortSignal;
}

/**
 * The directory with the built web UI: one that was shipped in FAIRLEAD_WEB, or else built from the sources once for each content of
 * them, into the user's cache.
 * @throws Error with what the build said
 */
export async function builtWeb({ onBuild, signal }: BuildOptions = {}): Promise<string> {
  const shipped = process.env.FAIRLEAD_WEB;
  if (shipped) return shipped;
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "fairlead", "web");
  const directory = join(cache, await fingerprint());
  if (existsSync(join(directory, "index.html"))) return directory;
  onBuild?.();
  await mkdir(cache, { recursive: true, mode: 0o700 });
  await buildWeb(directory, signal);
  return directory;
}

/** Builds into a directory that appears only when it is complete, so that two builders at once do not harm each other. */
export async function buildWeb(directory: string, signal?: AbortSignal): Promise<void> {
  const parent = dirname(directory);
  const unfinished = await mkdtemp(join(parent, "unfinished-"));
  try {
    const vite = fileURLToPath(import.meta.resolve("vite/package.json").replace(/package\.json$/, "bin/vite.js"));
    const args = [vite, "build", join(packages, "web"), "--outDir", unfinished, "--emptyOutDir", "--logLevel", "warn"];
    // Vite takes what it finds, and a test runner's "test" would make React's slow build for developers.
    const env = { ...process.env, NODE_ENV: "production" };
    await run(process.execPath, args, { cwd: join(packages, "web"), env, timeout: buildTimeoutMs, signal });
    await compressFiles(join(unfinished, "assets"));
    await rename(unfinished, directory).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error; // another one was first
    });
  } catch (error) {
    signal?.throwIfAborted();
    const { stderr = "", message } = error as Error & { stderr?: string };
    throw new Error(`Cannot build the web UI: ${stderr.trim() || message}`, { cause: error });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

async function fingerprint(): Promise<string> {
  const hash = createHash("sha256").update(process.versions.node);
  const files: string[] = [];
  for (const pattern of sources) {
    for await (const entry of glob(pattern, { cwd: packages, withFileTypes: true })) {
      if (entry.isFile() && !/\.test\.tsx?$/.test(entry.name)) files.push(join(entry.parentPath, entry.name));
    }
  }
  for (const file of files.sort()) hash.update(`${file.slice(packages.length)}\0`).update(await readFile(file));
  return hash.digest("hex").slice(0, 16);
}

async function compressFiles(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (!/\.(js|css|svg)$/.test(name)) continue;
    const file = join(directory, basename(name));
    await writeFile(`${file}.gz`, await compress(await readFile(file), { level: 9 }));
  }
}
