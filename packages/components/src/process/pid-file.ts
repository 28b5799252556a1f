import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ProcessIdentity } from "./identity.ts";

const suffix = ".pid.json";

/** What is kept on disk about a child, so that the next run can tell whether it is still there. */
export interface PidRecord extends Partial<Pick<ProcessIdentity, "startedAt">> {
  name: string;
  pid: number;
  /** Program and arguments. */
  command: string[];
}

/** The pid files of one state directory. Synchronous: nothing may happen between a spawn and its record. */
export class PidFiles {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  write(record: PidRecord): void {
    const path = this.#path(record.name);
    const temporary = `${path}.tmp`;
    writeFileSync(temporary, `${JSON.stringify(record)}\n`, { mode: 0o600 });
    renameSync(temporary, path);
  }

  remove(name: string): void {
    rmSync(this.#path(name), { force: true });
  }

  /** All readable records. One that an interruption left unreadable says nothing and is removed. */
  list(): PidRecord[] {
    const files = readdirSync(this.#directory).filter((file) => file.endsWith(suffix));
    return files.flatMap((file) => {
      const record = parse(readFileSync(join(this.#directory, file), "utf8"));
      if (record) return [record];
      rmSync(join(this.#directory, file), { force: true });
      return [];
    });
  }

  #path(name: string): string {
    return join(this.#directory, `${encodeURIComponent(name)}${suffix}`);
  }
}

function parse(text: string): PidRecord | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is PidRecord {
  if (typeof value !== "object" || value === null) return false;
  if (!("name" in value && typeof value.name === "string")) return false;
  if (!("pid" in value && typeof value.pid === "number" && value.pid > 1)) return false;
  if ("startedAt" in value && typeof value.startedAt !== "string") return false;
  return "command" in value && Array.isArray(value.command) && value.command.length > 0;
}
