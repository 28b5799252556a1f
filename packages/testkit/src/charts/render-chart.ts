import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { resolveBinary } from "@fairlead/components";
import { parse, parseAllDocuments } from "yaml";
import type { RenderedObject } from "./rendered-object.ts";

const run = promisify(execFile);
const charts = join(import.meta.dirname, "../../../../charts");

export const addonCharts = [
  "canal",
  "cilium",
  "coredns",
  "hubble",
  "konnectivity-agent",
  "kube-proxy",
  "metrics-server",
  "multus",
  "node-local-dns",
  "openvpn-client",
] as const;
export type AddonChart = (typeof addonCharts)[number];

export function addonDirectory(chart: AddonChart): string {
  return join(charts, "addons", chart);
}

export function applicationDirectory(chart: string): string {
  return join(charts, "applications", chart);
}

export interface RenderOptions {
  /** Merged over the chart's values as by `helm --values`. */
  values: object;
  /** Default: 1.36.3. */
  kubeVersion?: string;
}

/** Renders with the real helm; CRDs included. Rejects with helm's own words if the chart refuses the values. */
export async function renderChart(directory: string, options: RenderOptions): Promise<RenderedObject[]> {
  const scratch = await mkdtemp(join(tmpdir(), "fairlead-chart-"));
  try {
    const values = join(scratch, "values.json");
    await writeFile(values, JSON.stringify(options.values));
    const version = options.kubeVersion ?? "1.36.3";
    const flags = ["--namespace", "kube-system", "--include-crds", "--kube-version", version, "--values", values];
    const { stdout } = await run(await resolveBinary("helm"), ["template", "test", directory, ...flags], {
      maxBuffer: 16 * 2 ** 20,
      env: { PATH: process.env.PATH, HOME: scratch },
    });
    return parseAllDocuments(stdout).flatMap((document) => {
      if (document.errors.length > 0) throw new Error(`${directory}: rendered no YAML`, { cause: document.errors[0] });
      const object: RenderedObject | null = document.toJS();
      return object ? [object] : [];
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

export interface ChartVersion {
  version: string;
  /** Folder below `generations/`. */
  generation: string;
}

/** The versions that an application chart is packaged as. */
export async function chartVersions(directory: string): Promise<ChartVersion[]> {
  return parse(await readFile(join(directory, "versions.yaml"), "utf8"));
}

/** Renders an application chart as packaged for one of its versions. */
export async function renderApplication(
  chart: string,
  version: string,
  options: RenderOptions,
): Promise<RenderedObject[]> {
  const directory = applicationDirectory(chart);
  const entry = (await chartVersions(directory)).find((candidate) => candidate.version === version);
  if (!entry) throw new Error(`${directory}/versions.yaml: no version ${version}`);
  const assembled = await mkdtemp(join(tmpdir(), "fairlead-chart-"));
  try {
    await cp(directory, assembled, { recursive: true });
    await cp(join(directory, "generations", entry.generation), assembled, { recursive: true });
    const manifest = await readFile(join(directory, "Chart.yaml"), "utf8");
    await writeFile(
      join(assembled, "Chart.yaml"),
      manifest.replaceAll(/^(version|appVersion): .*$/gm, `$1: ${version}`),
    );
    return await renderChart(assembled, options);
  } finally {
    await rm(assembled, { recursive: true, force: true });
  }
}

/** The only rendered object of that kind and name. */
export function pick(objects: readonly RenderedObject[], kind: string, name: string): RenderedObject {
  const found = objects.filter((object) => object.kind === kind && object.metadata.name === name);
  const [object] = found;
  if (!object || found.length > 1) throw new Error(`Expected one ${kind} ${name}, rendered ${found.length}`);
  return object;
}

/** An entry of a rendered ConfigMap. */
export function configEntry(objects: readonly RenderedObject[], name: string, key: string): string {
  const text = pick(objects, "ConfigMap", name).data?.[key];
  if (text === undefined) throw new Error(`ConfigMap ${name}: no key ${key}`);
  return text;
}
