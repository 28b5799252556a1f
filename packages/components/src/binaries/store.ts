import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { checkWritableDirectory, explainWriteError, isWriteError } from "../disk.ts";
import type { Environment } from "../environment.ts";
import { ComponentError } from "../errors.ts";
import { ExclusiveLock } from "../exclusive-lock.ts";
import { cacheDirectory, entryDirectory, readEntry } from "./cache.ts";
import { hostBinaries } from "./host.ts";
import { installPins } from "./install.ts";
import { phaseReporter, type Report } from "./phase-reporter.ts";
import { type BinaryPin, binaryPins } from "./pins.ts";
import type { OnProgress } from "./progress.ts";
import { waysToGet } from "./ways.ts";

/** A binary of up to 110 MiB while it is staged beside the archive it comes from. */
const minimalFreeBytes = 512 * 1024 * 1024;

export interface BinaryStoreOptions {
  environment?: Environment;
  pins?: readonly BinaryPin[];
  /** Holds one folder with go.mod and go.sum for each tool. */
  toolsDirectory?: string;
}

export interface ObtainOptions {
  onProgress?: OnProgress | undefined;
  signal?: AbortSignal | undefined;
}

/** Finds pinned binaries on the host or in the per-user cache, and fills the cache. */
export class BinaryStore {
  readonly cacheDirectory: string;
  readonly pins: readonly BinaryPin[];
  readonly environment: Environment;
  readonly #toolsDirectory: string;

  constructor(options: BinaryStoreOptions = {}) {
    this.environment = options.environment ?? process.env;
    this.pins = options.pins ?? binaryPins();
    this.#toolsDirectory = options.toolsDirectory ?? fileURLToPath(new URL("../../../../tools", import.meta.url));
    this.cacheDirectory = cacheDirectory(this.environment);
  }

  /** The default pin of a name, or that of a given version. Throws `binary-unavailable` for a version without a pin. */
  pin(name: string, version?: string): BinaryPin {
    const pins = this.pins.filter((pin) => pin.name === name);
    const pin = version === undefined ? pins[0] : pins.find((candidate) => candidate.version === version);
    if (pin) return pin;
    const known = pins.map((candidate) => candidate.version).join(", ") || "none";
    throw new ComponentError("binary-unavailable", `${name} ${version ?? ""} is not pinned; known versions: ${known}`);
  }

  /** Path of the binary if it is there already: `KUBEBUILDER_ASSETS`, `PATH` (exact version only), the cache. */
  async find(pin: BinaryPin, signal?: AbortSignal): Promise<string | undefined> {
    const onHost = await hostBinaries(pin, this.environment, signal);
    return onHost.find(({ version }) => version === pin.version)?.path ?? this.#cached(pin);
  }

  /**
   * Like `find`, and otherwise downloads or compiles it. One process at a time does so; others wait and reuse it.
   * Throws a ComponentError that names the ways to get the binary.
   */
  async obtain(pin: BinaryPin, options: ObtainOptions = {}): Promise<string> {
    const report = phaseReporter(pin, options.onProgress);
    report("checking");
    const path = (await this.find(pin, options.signal)) ?? (await this.#install(pin, report, options.signal));
    report("ready", { note: path });
    return path;
  }

  async #cached(pin: BinaryPin): Promise<string | undefined> {
    return readEntry(await entryDirectory(this.cacheDirectory, pin, this.#toolsDirectory), pin.name);
  }

  async #install(pin: BinaryPin, report: Report, signal: AbortSignal | undefined): Promise<string> {
    try {
      await checkWritableDirectory(this.cacheDirectory, minimalFreeBytes);
      // One lock a kind, not one a binary: a Go build already uses every core, and one archive holds several binaries.
      using _lock = await ExclusiveLock.acquire(join(this.cacheDirectory, `${pin.source.kind}.lock`), {
        signal,
        onWait: (holder) => report("waiting", { note: `process ${holder?.pid ?? "?"} is filling the cache` }),
      });
      // Whoever was waited for may have installed it.
      const finished = await this.#cached(pin);
      if (finished) return finished;
      await installPins(this.#batch(pin), {
        root: this.cacheDirectory,
        toolsDirectory: this.#toolsDirectory,
        environment: this.environment,
        report,
        signal,
      });
      const installed = await this.#cached(pin);
      if (installed) return installed;
      throw new ComponentError(
        "binary-unavailable",
        `It vanished from ${this.cacheDirectory} right after it was added`,
      );
    } catch (error) {
      signal?.throwIfAborted();
      throw this.#explain(pin, error);
    }
  }

  /** All pins that come out of the same download. */
  #batch(pin: BinaryPin): BinaryPin[] {
    const { source } = pin;
    if (source.kind !== "npm-archive") return [pin];
    return this.pins.filter(
      (other) => other.source.kind === source.kind && other.source.integrity === source.integrity,
    );
  }

  #explain(pin: BinaryPin, error: unknown): ComponentError {
    const known = isWriteError(error) ? explainWriteError(this.cacheDirectory, error) : error;
    const code = known instanceof ComponentError ? known.code : "binary-unavailable";
    const details = known instanceof ComponentError ? known.details : [];
    const why = known instanceof Error ? known.message : String(known);
    return new ComponentError(code, `Cannot get ${pin.name} ${pin.version}: ${why}. ${waysToGet(pin)}`, {
      details,
      cause: error,
    });
  }
}
