import { randomUUID } from "node:crypto";
import { mkdir, rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ComponentError, errnoOf } from "./errors.ts";

const mebibyte = 1024 * 1024;

/**
 * Creates `path` if need be (mode 0700) and proves that a file can be written there.
 * Throws `disk-full`, `read-only` or `not-writable` with a one-line message that names the directory.
 */
export async function checkWritableDirectory(path: string, minFreeBytes: number): Promise<void> {
  const probe = join(path, `.write-check-${randomUUID()}`);
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    await writeFile(probe, "x".repeat(4096), { mode: 0o600, flag: "wx" });
  } catch (error) {
    throw explainWriteError(path, error);
  } finally {
    await rm(probe, { force: true }).catch(() => undefined);
  }
  const free = await freeBytes(path);
  if (free < minFreeBytes) {
    throw new ComponentError(
      "disk-full",
      `The disk of ${path} is nearly full: ${mebibytes(free)} free, ${mebibytes(minFreeBytes)} needed. Free some space or use another directory.`,
    );
  }
}

/** Bytes that an unprivileged user may still write on the file system of `path`, which must exist. */
export async function freeBytes(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(path);
  return bavail * bsize;
}

/** True for system errors that say that a disk cannot be written to. */
export function isWriteError(error: unknown): boolean {
  return ["ENOSPC", "EDQUOT", "EROFS", "EACCES", "EPERM"].includes(errnoOf(error) ?? "");
}

/** Turns a failed write into an error that says what is wrong with the directory. Unknown errors keep their text. */
export function explainWriteError(path: string, cause: unknown): ComponentError {
  const errno = errnoOf(cause) ?? "unknown";
  switch (errno) {
    case "ENOSPC":
    case "EDQUOT":
      return new ComponentError("disk-full", `The disk of ${path} is full. Free some space or use another directory.`, {
        cause,
      });
    case "EROFS":
      return new ComponentError("read-only", `${path} is on a read-only disk. Use another directory.`, { cause });
    case "EACCES":
    case "EPERM":
      return new ComponentError(
        "not-writable",
        `No permission to write to ${path}. Change its owner or use another directory.`,
        { cause },
      );
    case "EEXIST":
    case "ENOTDIR":
      return new ComponentError(
        "not-writable",
        `${path} cannot be a directory: a file is in its way. Move it or use another directory.`,
        { cause },
      );
    default: {
      const text = cause instanceof Error ? cause.message : String(cause);
      return new ComponentError("not-writable", `Cannot write to ${path}: ${text}`, { cause });
    }
  }
}

export function mebibytes(bytes: number): string {
  return `${Math.floor(bytes / mebibyte)} MiB`;
}
