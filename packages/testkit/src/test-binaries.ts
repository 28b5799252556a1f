import { access } from "node:fs/promises";
import { join } from "node:path";

/** Path of a component's binary: in the directory that the variable FAIRLEAD_BIN_DIR names. */
export async function findTestBinary(name: string): Promise<string> {
  const path = join(process.env.FAIRLEAD_BIN_DIR ?? "/tmp/fl/bin", name);
  await access(path).catch((cause: unknown) => {
    throw new Error(`FAIRLEAD_BIN_DIR: no ${name} in it (${path})`, { cause });
  });
  return path;
}
