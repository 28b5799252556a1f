import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";

const sqliteBusy = 5;
const pollMs = 200;

export interface LockHolder {
  pid: number;
  /** RFC 3339. */
  since: string;
}

/**
 * A lock that one process holds at a time, and that the kernel takes back when that process ends, however it ends.
 *
 * Node has no call for file locks, but SQLite, which comes with it, takes real ones on Linux, macOS and Windows. So
 * there is no stale lock to detect after kill -9 or a reboot, and no race between two processes that both detect it.
 * The file stays empty; `<path>.owner` names the holder, for messages only.
 */
export class ExclusiveLock implements Disposable {
  readonly path: string;
  readonly #database: DatabaseSync;

  private constructor(path: string, database: DatabaseSync) {
    this.path = path;
    this.#database = database;
  }

  /** Undefined if another process, or another part of this one, holds it. The directory must exist. */
  static tryAcquire(path: string): ExclusiveLock | undefined {
    const database = new DatabaseSync(path, { timeout: 0 });
    try {
      database.exec("BEGIN EXCLUSIVE");
    } catch (error) {
      database.close();
      if (error instanceof Error && "errcode" in error && error.errcode === sqliteBusy) return undefined;
      throw error;
    }
    const holder: LockHolder = { pid: process.pid, since: new Date().toISOString() };
    writeFileSync(ownerFile(path), JSON.stringify(holder), { mode: 0o600 });
    return new ExclusiveLock(path, database);
  }

  /** Waits for the lock. `onWait` is called once, if there is a wait. Throws the signal's reason when aborted. */
  static async acquire(
    path: string,
    options: { signal?: AbortSignal | undefined; onWait?: (holder: LockHolder | undefined) => void } = {},
  ): Promise<ExclusiveLock> {
    for (let waited = false; ; waited = true) {
      options.signal?.throwIfAborted();
      const lock = ExclusiveLock.tryAcquire(path);
      if (lock) return lock;
      if (!waited) options.onWait?.(readHolder(path));
      await sleep(pollMs, undefined, { signal: options.signal });
    }
  }

  release(): void {
    if (!this.#database.isOpen) return;
    rmSync(ownerFile(this.path), { force: true });
    this.#database.close();
  }

  [Symbol.dispose](): void {
    this.release();
  }
}

function ownerFile(path: string): string {
  return `${path}.owner`;
}

/** Who holds the lock, as far as is known: undefined while the holder is just starting. */
export function readHolder(path: string): LockHolder | undefined {
  try {
    const holder: unknown = JSON.parse(readFileSync(ownerFile(path), "utf8"));
    if (typeof holder !== "object" || holder === null) return undefined;
    if (!("pid" in holder) || typeof holder.pid !== "number") return undefined;
    if (!("since" in holder) || typeof holder.since !== "string") return undefined;
    return { pid: holder.pid, since: holder.since };
  } catch {
    return undefined;
  }
}
