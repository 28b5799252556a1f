import { createReadStream } from "node:fs";
import { appendFile, chmod, rename, stat } from "node:fs/promises";
import { createInterface } from "node:readline";
import type { ApiAuditEntry } from "@fairlead/resources";

export interface AuditLogOptions {
  /** One JSON object a line, mode 0600; older ones in `<file>.1` and so on. */
  file: string;
  /** Told of every entry, too; for those who collect logs. */
  onEntry?: (entry: ApiAuditEntry) => void;
  largestFileBytes?: number;
  filesKept?: number;
}

const largestFileBytes = 64 * 1024 * 1024;
const filesKept = 5;

/** Who did what, when, from where. Entries are in the file, in order, when `add` resolves. */
export class AuditLog {
  readonly #options: AuditLogOptions;
  #last: Promise<void> = Promise.resolve();
  /** What is written once the last write is through, all at once. */
  #next: { lines: string[]; written: Promise<void> } | undefined;
  #bytes: number | undefined;
  #failed = false;

  constructor(options: AuditLogOptions) {
    this.#options = options;
  }

  add(entry: ApiAuditEntry): Promise<void> {
    this.#options.onEntry?.(entry);
    return this.#write(`${JSON.stringify(entry)}\n`);
  }

  /** Whether the next entry is likely to get into the file: the last one did, or the file can be written again. */
  async isWritable(): Promise<boolean> {
    await this.#last;
    if (!this.#failed) return true;
    // A line of its own: a full disk takes an empty write, and the last one may have been cut off.
    return this.#write("\n").then(
      () => true,
      () => false,
    );
  }

  /** Of one cluster, newest first. */
  async ofCluster(cluster: string, limit: number): Promise<ApiAuditEntry[]> {
    await this.#last;
    const found: ApiAuditEntry[] = [];
    for (let index = 0; index < (this.#options.filesKept ?? filesKept) && found.length < limit; index++) {
      const ofFile = await entriesOf(this.#nameOf(index), cluster);
      found.push(...ofFile.reverse());
    }
    return found.slice(0, limit);
  }

  #write(line: string): Promise<void> {
    if (this.#next) {
      this.#next.lines.push(line);
      return this.#next.written;
    }
    const lines = [line];
    const written = this.#last.then(() => {
      this.#next = undefined;
      return this.#append(lines.join(""));
    });
    this.#next = { lines, written };
    // One that fails does not take those after it along.
    this.#last = written.then(
      () => {
        this.#failed = false;
      },
      () => {
        this.#failed = true;
      },
    );
    return written;
  }

  async #append(lines: string): Promise<void> {
    const { file } = this.#options;
    const bytes = Buffer.byteLength(lines);
    this.#bytes ??= await sizeOf(file);
    if (this.#bytes > 0 && this.#bytes + bytes > (this.#options.largestFileBytes ?? largestFileBytes)) {
      await this.#rotate();
    }
    await appendFile(file, lines, { mode: 0o600 });
    if (this.#bytes === 0) await chmod(file, 0o600); // whatever mode one that was there had
    this.#bytes += bytes;
  }

  async #rotate(): Promise<void> {
    for (let index = (this.#options.filesKept ?? filesKept) - 1; index > 0; index--) {
      await rename(this.#nameOf(index - 1), this.#nameOf(index)).catch(ignoreMissing);
    }
    this.#bytes = 0;
  }

  #nameOf(index: number): string {
    const { file } = this.#options;
    return index === 0 ? file : `${file}.${index}`;
  }
}

async function entriesOf(file: string, cluster: string): Promise<ApiAuditEntry[]> {
  const needle = `"cluster":${JSON.stringify(cluster)}`;
  const found: ApiAuditEntry[] = [];
  try {
    for await (const line of createInterface({ input: createReadStream(file, "utf8") })) {
      // Most lines are of other clusters; what looks like this one's is parsed to be sure.
      const entry = line.includes(needle) ? parse(line) : undefined;
      if (entry?.cluster === cluster) found.push(entry);
    }
  } catch (error) {
    ignoreMissing(error);
  }
  return found;
}

/** A line that was cut off by the end of the process is none. */
function parse(line: string): ApiAuditEntry | undefined {
  try {
    return JSON.parse(line) as ApiAuditEntry;
  } catch {
    return undefined;
  }
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    ignoreMissing(error);
    return 0;
  }
}

function ignoreMissing(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
}
