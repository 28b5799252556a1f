import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type HelmRunner, isHelmError, type OciChart, type RegistryAccess } from "@fairlead/helm";

export interface ChartCopy {
  name: string;
  version: string;
  /** The package on this machine. */
  path: string;
}

export interface CopyTarget {
  /** `oci://registry.example.com/helm-charts` */
  url: string;
  access: RegistryAccess;
  runner: HelmRunner;
  /** Of this copy alone. */
  scratch: string;
  signal: AbortSignal;
}

/** `present`: the very same content was there; `replaced`: another one was. */
export type CopyState = "pushed" | "present" | "replaced";

/**
 * Pushes a chart if the registry does not have it, and reads it back: what is reported is what clusters will get.
 * @throws HelmError
 */
export async function copyChart(chart: ChartCopy, target: CopyTarget): Promise<{ state: CopyState; digest: string }> {
  const { runner, url, access, signal } = target;
  const wanted = await digestOf(chart.path);
  const before = await pulled(chart, target, "before");
  if (before?.content === wanted) return { state: "present", digest: before.manifest };
  await runner.push(chart.path, url, { access, signal });
  const after = await pulled(chart, target, "after");
  if (after?.content !== wanted) throw new Error(`${url}/${chart.name}:${chart.version} is not what was pushed`);
  return { state: before ? "replaced" : "pushed", digest: after.manifest };
}

/**
 * What the registry has; undefined if nothing, of that name and version. Some registries refuse to say that a folder does
 * not exist yet: whether the login is good shows when something is pushed.
 */
async function pulled({ name, version }: ChartCopy, target: CopyTarget, folder: string) {
  const { runner, url, access, scratch, signal } = target;
  const reference: OciChart = { kind: "oci", url: `${url}/${name}`, version, access };
  try {
    const manifest = (await runner.pull(reference, join(scratch, folder), { signal })) ?? "";
    return { manifest, content: await digestOf(join(scratch, folder, `${name}-${version}.tgz`)) };
  } catch (error) {
    if (isHelmError(error, "chart-not-found", "unauthorized")) return undefined;
    throw error;
  }
}

async function digestOf(path: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(path))
    .digest("hex");
}
