import { closeSync, existsSync, fstatSync, openSync, readSync, renameSync, statSync } from "node:fs";

const rotateAtBytes = 10 * 1024 * 1024;
const tailBytes = 64 * 1024;

/**
 * The file a child writes its output to, by itself: no pipe through this process that could fill up or break.
 * Readable by its owner only. When it is large at a start it becomes `<path>.1`, replacing the one before.
 */
export class LogFile {
  readonly path: string;
  /** Where the output of the current start begins. */
  #start = 0;

  constructor(path: string) {
    this.path = path;
  }

  /** A descriptor for the child's stdout and stderr; the caller closes it once the child has it. */
  open(): number {
    if (existsSync(this.path) && statSync(this.path).size >= rotateAtBytes) renameSync(this.path, `${this.path}.1`);
    const descriptor = openSync(this.path, "a", 0o600);
    this.#start = fstatSync(descriptor).size;
    return descriptor;
  }

  /** The last lines since the current start, oldest first. */
  lastLines(count: number): string[] {
    return this.#tail().slice(-count);
  }

  /** Lines since the current start that look like the reason of a failure; the last lines if none do. */
  tellingLines(count: number): string[] {
    return tellingLines(this.#tail(), count);
  }

  #tail(): string[] {
    if (!existsSync(this.path)) return [];
    const descriptor = openSync(this.path, "r");
    try {
      const { size } = fstatSync(descriptor);
      const from = Math.max(this.#start, size - tailBytes);
      const buffer = Buffer.alloc(Math.max(0, size - from));
      readSync(descriptor, buffer, 0, buffer.length, from);
      return buffer
        .toString("utf8")
        .split("\n")
        .filter((line) => line.trim() !== "");
    } finally {
      closeSync(descriptor);
    }
  }
}

/** klog's E and F lines, zap's and logrus' error levels, Go panics, and what commands print when they refuse to start. */
const telling =
  /^[EF]\d{4} |"level":"(error|fatal|panic)"|level=(error|fatal|panic)|^panic: |\b(error|fatal|failed)\b[:=]/i;

export function tellingLines(lines: readonly string[], count: number): string[] {
  const found = lines.filter((line) => telling.test(line));
  return (found.length > 0 ? found : lines).slice(-count);
}
