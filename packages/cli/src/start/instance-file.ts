import { rm, writeFile } from "node:fs/promises";
import type { Instance } from "../connection/instance.ts";

/** Tells the other commands where this instance is. Holds paths, no secrets; readable by its owner only. */
export async function writeInstanceFile(file: string, instance: Instance): Promise<void> {
  await writeFile(file, `${JSON.stringify(instance, undefined, 2)}\n`, { mode: 0o600 });
}

export async function removeInstanceFile(file: string): Promise<void> {
  await rm(file, { force: true });
}
