import { randomBytes } from "node:crypto";
import { rename, rm, writeFile } from "node:fs/promises";
import { CommandError } from "./command-error.ts";
import { exitCode } from "./exit-code.ts";

/** Writes a secret that only the user may read, whatever mode a file that is there already has. All or nothing. */
export async function writePrivateFile(file: string, text: string): Promise<void> {
  const temporary = `${file}.${randomBytes(6).toString("hex")}`;
  try {
    await writeFile(temporary, text, { mode: 0o600, flag: "wx" });
    await rename(temporary, file);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw new CommandError(exitCode.error, `cannot write ${file}: ${(cause as NodeJS.ErrnoException).code}`, { cause });
  }
}
