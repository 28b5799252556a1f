import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, rmdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { extract } from "tar";
import { CommandError } from "../command-error.ts";
import { exitCode } from "../exit-code.ts";
import { type BackupManifest, manifestName, manifestProblem } from "./manifest.ts";

/**
 * Makes a data directory out of a backup: all of it, or nothing. What is there already is never touched.
 * @throws CommandError if the directory is not empty, or the file is no backup
 */
export async function restore(file: string, root: string): Promise<BackupManifest> {
  const there = await readdir(root).catch(() => []);
  if (there.length > 0) {
    throw new CommandError(
      exitCode.error,
      `${root} is not empty: move it away first, or restore to another place with --data`,
    );
  }
  await mkdir(dirname(root), { recursive: true });
  const partial = await mkdtemp(join(dirname(root), `.${basename(root)}-restoring-`));
  try {
    await extract({ file, cwd: partial, strict: true, preserveOwner: false }).catch((cause: unknown) => {
      throw new CommandError(exitCode.error, `${file} cannot be read as a backup: ${messageOf(cause)}`, { cause });
    });
    const manifest = await readManifest(partial);
    const problem = manifestProblem(manifest);
    if (problem) throw new CommandError(exitCode.error, `${file} cannot be restored: ${problem}`);
    await rm(join(partial, manifestName));
    await chmod(partial, 0o700);
    await rmdir(root).catch(() => undefined); // An empty one.
    await rename(partial, root);
    return manifest as BackupManifest;
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  }
}

async function readManifest(directory: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(join(directory, manifestName), "utf8"));
  } catch {
    return undefined;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
