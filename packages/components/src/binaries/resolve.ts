import { phaseReporter } from "./phase-reporter.ts";
import type { BinaryName, BinaryPin } from "./pins.ts";
import { BinaryStore, type ObtainOptions } from "./store.ts";

export interface BinaryRequest {
  name: BinaryName;
  /** Without a leading `v`. Default: the pinned version. */
  version?: string;
}

export interface ResolvedBinary {
  name: string;
  version: string;
  path: string;
}

export interface EnsureOptions extends ObtainOptions {
  store?: BinaryStore;
}

/**
 * Path of a real component's binary, which is found, downloaded or compiled as needed.
 * Throws a ComponentError whose message names the ways to get it.
 * @example const etcd = await resolveBinary("etcd");
 */
export async function resolveBinary(
  name: BinaryName,
  options: EnsureOptions & { version?: string | undefined } = {},
): Promise<string> {
  const store = options.store ?? new BinaryStore();
  return store.obtain(store.pin(name, options.version), options);
}

/**
 * All the binaries asked for, in the order asked for. Downloads run beside Go builds, Go builds one after the other.
 * The first failure stops the rest.
 */
export async function ensureBinaries(
  requests: readonly (BinaryName | BinaryRequest)[],
  options: EnsureOptions = {},
): Promise<ResolvedBinary[]> {
  const store = options.store ?? new BinaryStore();
  const pins = requests.map((request) =>
    typeof request === "string" ? store.pin(request) : store.pin(request.name, request.version),
  );
  const paths = await findAll(pins, store, options);
  await obtainAll(
    pins.filter((pin) => !paths.has(pin)),
    { paths, store, options },
  );
  return pins.flatMap((pin) => {
    const path = paths.get(pin);
    return path === undefined ? [] : [{ name: pin.name, version: pin.version, path }];
  });
}

type Paths = Map<BinaryPin, string>;

async function findAll(pins: readonly BinaryPin[], store: BinaryStore, options: ObtainOptions): Promise<Paths> {
  const found = await Promise.all(
    pins.map(async (pin): Promise<[BinaryPin, string][]> => {
      const report = phaseReporter(pin, options.onProgress);
      report("checking");
      const path = await store.find(pin, options.signal);
      if (path === undefined) return [];
      report("ready", { note: path });
      return [[pin, path]];
    }),
  );
  return new Map(found.flat());
}

async function obtainAll(
  missing: readonly BinaryPin[],
  { paths, store, options }: { paths: Paths; store: BinaryStore; options: ObtainOptions },
): Promise<void> {
  const failure = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, failure.signal]) : failure.signal;
  const obtainInTurn = async (lane: readonly BinaryPin[]) => {
    for (const pin of lane) paths.set(pin, await store.obtain(pin, { ...options, signal }));
  };
  const lanes = Object.values(Object.groupBy(missing, (pin) => pin.source.kind));
  // A failed lane aborts the others, and all are waited for: nothing may still write to the cache when this returns.
  await Promise.allSettled(lanes.map((lane) => obtainInTurn(lane).catch((error: unknown) => failure.abort(error))));
  signal.throwIfAborted();
}
