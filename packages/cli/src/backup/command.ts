import { resolve } from "node:path";
import { dataDirectory } from "../connection/connection.ts";
import { type GlobalOptions, openOutput, type Runtime } from "../session.ts";
import { backup } from "./backup.ts";
import { restore } from "./restore.ts";

export async function backupCommand(file: string, options: GlobalOptions, runtime: Runtime): Promise<void> {
  const result = await backup(resolve(dataDirectory(options, runtime)), resolve(file));
  await openOutput(options, runtime).result(result, () => `All data is in ${result.file}. It holds private keys.\n`);
}

export async function restoreCommand(file: string, options: GlobalOptions, runtime: Runtime): Promise<void> {
  const root = resolve(dataDirectory(options, runtime));
  const manifest = await restore(resolve(file), root);
  await openOutput(options, runtime).result(
    { ...manifest, directory: root },
    () => `${root} is as it was at ${manifest.createdAt}. Go on with: fairlead start\n`,
  );
}
