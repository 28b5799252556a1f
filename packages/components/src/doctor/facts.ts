import { access, constants } from "node:fs/promises";
import { dirname } from "node:path";
import { execa } from "execa";
import { goVersion } from "../binaries/go-toolchain.ts";
import { hostBinaries } from "../binaries/host.ts";
import type { BinaryPin } from "../binaries/pins.ts";
import { BinaryStore } from "../binaries/store.ts";
import { freeBytes } from "../disk.ts";
import { childEnvironment, type Environment } from "../environment.ts";
import { isPortFree } from "../ports.ts";
import { hasParentDeathSignal } from "../process/launcher.ts";

/** What was found on this machine. Versions are without a leading `v`; undefined means not found. */
export interface Facts {
  platform: NodeJS.Platform;
  node: string;
  go: string | undefined;
  npm: string | undefined;
  git: string | undefined;
  binaries: readonly BinaryFact[];
  directories: readonly DirectoryFact[];
  ports: readonly { port: number; free: boolean }[];
  /** Whether children can be made to die with their parent. */
  parentDeathSignal: boolean;
}

export interface BinaryFact {
  pin: BinaryPin;
  /** Where the pinned version is. */
  path: string | undefined;
  /** Binaries of that name on PATH or in KUBEBUILDER_ASSETS which have another version. */
  others: readonly { path: string; version: string | undefined }[];
}

export interface DirectoryFact {
  path: string;
  /** Of the file system, in bytes. */
  free: number;
  writable: boolean;
}

export interface FactsOptions {
  /** Directories that will be written to, beside the cache; they need not exist yet. */
  directories?: readonly string[];
  /** TCP ports on 127.0.0.1 that will be listened on. */
  ports?: readonly number[];
  store?: BinaryStore;
  signal?: AbortSignal;
}

/** Looks at this machine and changes nothing. Older pins and those of tests are left out. */
export async function gatherFacts(options: FactsOptions = {}): Promise<Facts> {
  const store = options.store ?? new BinaryStore();
  const { environment } = store;
  const defaults = store.pins.filter((pin) => store.pin(pin.name) === pin && !pin.testsOnly);
  const directories = [store.cacheDirectory, ...(options.directories ?? [])];
  return {
    platform: process.platform,
    node: process.versions.node,
    go: await goVersion(environment, options.signal),
    npm: await toolVersion("npm", environment),
    git: await toolVersion("git", environment),
    binaries: await Promise.all(defaults.map((pin) => binaryFact(pin, store, options.signal))),
    directories: await Promise.all(directories.map(directoryFact)),
    ports: await Promise.all((options.ports ?? []).map(async (port) => ({ port, free: await isPortFree(port) }))),
    parentDeathSignal: await hasParentDeathSignal(),
  };
}

async function toolVersion(tool: string, environment: Environment): Promise<string | undefined> {
  const result = await execa(tool, ["--version"], {
    env: childEnvironment(environment),
    extendEnv: false,
    stdin: "ignore",
    reject: false,
    timeout: 20_000,
  });
  return result.failed ? undefined : /\d+\.\d+\S*/.exec(result.stdout)?.[0];
}

async function binaryFact(pin: BinaryPin, store: BinaryStore, signal: AbortSignal | undefined): Promise<BinaryFact> {
  const onHost = await hostBinaries(pin, store.environment, signal);
  return { pin, path: await store.find(pin, signal), others: onHost.filter(({ version }) => version !== pin.version) };
}

/** Of a directory that does not exist yet, the nearest ancestor that does decides. */
async function directoryFact(path: string): Promise<DirectoryFact> {
  for (let candidate = path; ; candidate = dirname(candidate)) {
    const exists = await canAccess(candidate, constants.F_OK);
    if (!exists && candidate !== dirname(candidate)) continue;
    return { path, free: await freeBytes(candidate), writable: await canAccess(candidate, constants.W_OK) };
  }
}

async function canAccess(path: string, mode: number): Promise<boolean> {
  try {
    await access(path, mode);
    return true;
  } catch {
    return false;
  }
}
