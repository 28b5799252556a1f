import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, utimes, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { parseDocument } from "yaml";
import type { ChartSource } from "./chart-sources.ts";

/** Path below the chart's root, with `/`, and content. Sorted by path. */
export type ChartFiles = ReadonlyMap<string, Buffer>;

/** What the package will hold: the chart's folder, its version's overlay over it, the version set in `Chart.yaml`. */
export async function readChartFiles(source: ChartSource): Promise<ChartFiles> {
  const files = await readTree(source.directory);
  if (source.overlay) {
    for (const path of files.keys()) {
      if (path === "versions.yaml" || path.startsWith("generations/")) files.delete(path);
    }
    for (const [path, content] of await readTree(source.overlay)) files.set(path, content);
    files.set("Chart.yaml", withVersion(files.get("Chart.yaml") ?? Buffer.of(), source.version));
  }
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Digest of names and contents; says nothing of times or modes. */
export function digestOf(files: ChartFiles): string {
  const hash = createHash("sha256");
  for (const [path, content] of files) hash.update(`${path}\0${content.length}\0`).update(content);
  return hash.digest("hex");
}

/** Packages carry modification times, and so do the manifests that `helm push` makes of them: all get this one. */
export const packageTime = new Date("2020-01-01T00:00:00Z");

export async function writeChartFiles(files: ChartFiles, directory: string): Promise<void> {
  for (const [path, content] of files) {
    const target = join(directory, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, content);
    await utimes(target, packageTime, packageTime);
  }
}

async function readTree(root: string): Promise<Map<string, Buffer>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = new Map<string, Buffer>();
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(relative(root, path).split(sep).join("/"), await readFile(path));
  }
  return files;
}

function withVersion(chartYaml: Buffer, version: string): Buffer {
  const document = parseDocument(chartYaml.toString("utf8"));
  document.set("version", version);
  document.set("appVersion", version);
  return Buffer.from(document.toString());
}
