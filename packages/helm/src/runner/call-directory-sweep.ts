import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";

/** Removes the call folders of processes that ended without tidying up; their kubeconfigs are nobody's any more. */
export async function sweepCallDirectories(parent: string): Promise<string[]> {
  const names = await readdir(parent).catch(() => []);
  const stale = names.filter((name) => {
    const owner = /^(\d+)-/.exec(name)?.[1];
    return owner !== undefined && !isAlive(Number(owner));
  });
  await Promise.all(stale.map((name) => rm(join(parent, name), { recursive: true, force: true })));
  return stale;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it exists, and is somebody else's.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
