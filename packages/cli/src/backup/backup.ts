import { chmod, open, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DirectoryLock } from "@fairlead/components";
import { create } from "tar";
import { CommandError } from "../command-error.ts";
import { exitCode } from "../exit-code.ts";
import { version } from "../version.ts";
import { type BackupManifest, leftOut, manifestName, manifestVersion } from "./manifest.ts";

export interface BackupResult extends BackupManifest {
  file: string;
}

/**
 * Writes all data of an instance that does not run into one compressed archive, readable by its owner only: it holds private keys.
 * The etcd of a stopped instance is a snapshot of itself. Nothing is left at `file` unless all is in it.
 * @throws ComponentError while the instance runs; CommandError if there is none
 */
export async function backup(root: string, file: string): Promise<BackupResult> {
  const entries = await readdir(root).catch((): string[] => []);
  if (!entries.includes("management")) {
    throw new CommandError(exitCode.notFound, `${root} holds no data of fairlead start: there is nothing to back up`);
  }
  using _lock = await DirectoryLock.acquire(root);
  const manifest: BackupManifest = { version: manifestVersion, fairlead: version, createdAt: new Date().toISOString() };
  const manifestFile = join(root, manifestName);
  const partial = `${file}.partial`;
  try {
    await writeFile(manifestFile, JSON.stringify(manifest), { mode: 0o600 });
    // Made before tar writes to it, so that nobody else can read it meanwhile.
    await writeFile(partial, "", { mode: 0o600 });
    await chmod(partial, 0o600);
    const kept = entries.filter((entry) => !leftOut(entry) && entry !== manifestName);
    // The manifest comes first: what is no backup is known as such at once.
    await create({ file: partial, cwd: root, gzip: true, portable: false }, [manifestName, ...kept]);
    await synced(partial);
    await rename(partial, file);
  } finally {
    await rm(manifestFile, { force: true });
    await rm(partial, { force: true });
  }
  return { ...manifest, file };
}

/** What a crash of the machine must not take back after it was said to be done. */
async function synced(path: string): Promise<void> {
  await using handle = await open(path, "r+");
  await handle.sync();
}
