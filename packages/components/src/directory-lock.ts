import { join } from "node:path";
import { checkWritableDirectory } from "./disk.ts";
import { ComponentError } from "./errors.ts";
import { ExclusiveLock, readHolder } from "./exclusive-lock.ts";

/** Exclusive use of a data directory by one process; ends by itself when the process does, even by kill -9. */
export class DirectoryLock implements Disposable {
  readonly directory: string;
  readonly #lock: ExclusiveLock;

  private constructor(directory: string, lock: ExclusiveLock) {
    this.directory = directory;
    this.#lock = lock;
  }

  /** Creates the directory if need be. Throws `directory-in-use`, naming the process that has it. */
  static async acquire(directory: string, options: { minFreeBytes?: number } = {}): Promise<DirectoryLock> {
    await checkWritableDirectory(directory, options.minFreeBytes ?? 0);
    const path = join(directory, "lock");
    const lock = ExclusiveLock.tryAcquire(path);
    if (lock) return new DirectoryLock(directory, lock);
    const holder = readHolder(path);
    const who = holder ? `process ${holder.pid}, since ${holder.since}` : "another process";
    throw new ComponentError(
      "directory-in-use",
      `${directory} is in use by ${who}. Stop it first, or use another data directory.`,
    );
  }

  release(): void {
    this.#lock.release();
  }

  [Symbol.dispose](): void {
    this.release();
  }
}
