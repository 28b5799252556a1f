// `node scripts/copy-helm.ts DIRECTORY`: puts the pinned helm there, for the image.
import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { resolveBinary } from "@fairlead/components";

const [, , directory] = process.argv;
if (directory === undefined) throw new Error("usage: node scripts/copy-helm.ts DIRECTORY");
await mkdir(directory, { recursive: true });
await copyFile(await resolveBinary("helm"), join(directory, "helm"));
