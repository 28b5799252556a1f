import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rename, rm, utimes } from "node:fs/promises";
import { join } from "node:path";
import type { HelmRunner } from "../runner/helm-runner.ts";
import { digestOf, packageTime, readChartFiles, writeChartFiles } from "./chart-files.ts";
import { type ChartSource, findChartSources } from "./chart-sources.ts";
import { mapInParallel } from "./in-parallel.ts";

/** A chart of Fairlead's own, ready to be rendered, installed or pushed. */
export interface PackagedChart {
  category: ChartSource["category"];
  name: string;
  version: string;
  /** The `.tgz`. */
  path: string;
  /** `sha256:…` of the package; the same on every machine for the same sources. */
  digest: string;
  /** Of `Chart.yaml`. */
  annotations: Readonly<Record<string, string>>;
}

export interface PackageOptions {
  runner: HelmRunner;
  /** Holds `addons/` and `applications/`. */
  chartsDirectory: string;
  /** Packages are kept here by the digest of their sources: what has not changed is not packaged again. */
  cacheDirectory: string;
  signal?: AbortSignal;
}

const parallel = 2;

/** Packages all charts below a folder, in every version they are packaged as. */
export async function packageCharts(options: PackageOptions): Promise<PackagedChart[]> {
  const sources = await findChartSources(options.chartsDirectory);
  await mkdir(options.cacheDirectory, { recursive: true });
  return await mapInParallel(sources, parallel, (source) => packageChart(source, options));
}

async function packageChart(source: ChartSource, options: PackageOptions): Promise<PackagedChart> {
  options.signal?.throwIfAborted();
  const files = await readChartFiles(source);
  const { category, name, version, annotations } = source;
  const fileName = `${name}-${version}.tgz`;
  const kept = join(options.cacheDirectory, digestOf(files));
  const path = join(kept, fileName);
  const known = await readFile(path).catch(() => undefined);
  if (known) return { category, name, version, path, digest: sha256(known), annotations };
  const scratch = await mkdtemp(join(options.cacheDirectory, "packaging-"));
  try {
    const source = join(scratch, name);
    await writeChartFiles(files, source);
    const output = join(scratch, "package");
    await options.runner.package(source, output, { signal: options.signal });
    await utimes(join(output, fileName), packageTime, packageTime);
    // Somebody else may have put the very same package there in the meantime.
    await rename(output, kept).catch(async (error: unknown) => {
      await readFile(path).catch(() => Promise.reject(error));
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  return { category, name, version, path, digest: sha256(await readFile(path)), annotations };
}

function sha256(content: Buffer): string {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}
