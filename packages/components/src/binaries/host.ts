import { access, constants, stat } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";
import type { Environment } from "../environment.ts";
import type { BinaryPin } from "./pins.ts";
import { askVersion } from "./version.ts";

export interface HostBinary {
  path: string;
  /** Undefined if the program did not tell a version. */
  version: string | undefined;
}

/** Answers by path, modification time and size, so that a binary is asked once a process and again once replaced. */
const answers = new Map<string, string | undefined>();

/** The binaries of that name which the user put in `KUBEBUILDER_ASSETS` and first on `PATH`, in this order. */
export async function hostBinaries(
  pin: BinaryPin,
  environment: Environment,
  signal?: AbortSignal,
): Promise<HostBinary[]> {
  const assets = environment.KUBEBUILDER_ASSETS;
  const onPath = (environment.PATH ?? "").split(delimiter).filter(isAbsolute);
  const found = [
    await firstExecutable(assets ? [assets] : [], pin.name),
    await firstExecutable(onPath, pin.name),
  ].filter((path) => path !== undefined);
  return Promise.all([...new Set(found)].map(async (path) => ({ path, version: await versionOf(path, pin, signal) })));
}

async function firstExecutable(directories: readonly string[], name: string): Promise<string | undefined> {
  for (const directory of directories) {
    const path = join(directory, name);
    if (await isExecutable(path)) return path;
  }
  return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

async function versionOf(path: string, pin: BinaryPin, signal?: AbortSignal): Promise<string | undefined> {
  const { mtimeMs, size } = await stat(path);
  const key = `${path}\0${mtimeMs}\0${size}`;
  if (!answers.has(key)) answers.set(key, await askVersion(path, pin, signal));
  return answers.get(key);
}
