import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { PkiFiles } from "./pki.ts";

/** Writes a secret file (mode 0600) so that a reader sees the old or the new content, never a part; no write if equal. */
export async function writeSecretFile(path: string, content: string): Promise<void> {
  if ((await readIfExists(path)) === content) return;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}`);
  try {
    await writeFile(temporary, content, { mode: 0o600, flag: "wx", flush: true });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Reads a text file, or undefined if there is none. */
export async function readIfExists(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Reads the PEM files of a directory; none if it does not exist. */
export async function readPki(directory: string): Promise<PkiFiles> {
  const files: Record<string, string> = {};
  for (const name of await namesIn(directory)) {
    const content = await readIfExists(join(directory, name));
    if (content !== undefined) files[name] = content;
  }
  return files;
}

/** Makes a directory hold exactly these files. Keys go first: a certificate on disk always has its key beside it. */
export async function writePki(directory: string, files: PkiFiles): Promise<void> {
  const names = Object.keys(files).toSorted((a, b) => Number(b.endsWith(".key")) - Number(a.endsWith(".key")));
  for (const name of names) await writeSecretFile(join(directory, name), files[name] ?? "");
  const stale = (await namesIn(directory)).filter((name) => !(name in files));
  await Promise.all(stale.map((name) => rm(join(directory, name), { force: true })));
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
