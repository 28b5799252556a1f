import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureBinaries, kubernetesVersions, renderProgress } from "@fairlead/components";
import { HelmRunner, isHelmError, packageCharts, parseManifests, type RegistryAccess } from "@fairlead/helm";
import { imagesOf } from "@fairlead/kube";
import type { CatalogueName } from "@fairlead/network";
import { pino } from "pino";
import { parse } from "yaml";
import { CommandError, usageError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import type { Output } from "../../output/output.ts";
import { type Progress, startProgress } from "../../output/progress.ts";
import type { Column } from "../../output/table.ts";
import { type GlobalOptions, openOutput, type Runtime } from "../../session.ts";
import { packageCache, shippedCharts } from "../../start/charts.ts";
import { ciliumCharts, type SourceFlags } from "./cilium-source.ts";
import { type ChartCopy, type CopyState, copyChart } from "./copy-chart.ts";
import { type RegistryFlags, sourceAccess, targetAccess } from "./registry-access.ts";
import { addonSamples, ciliumSamples, type Sample } from "./sample-clusters.ts";

export interface MirrorFlags extends GlobalOptions, RegistryFlags, Omit<SourceFlags, keyof GlobalOptions> {
  images?: boolean;
  catalogue?: CatalogueName;
  kubernetesVersion?: string[];
}

/** What became of one chart. */
interface MirroredChart {
  chart: string;
  version: string;
  from: string;
  /** Of the manifest in the registry. */
  digest?: string;
  state?: CopyState | "failed";
  error?: string;
}

/** A chart that is to be mirrored. */
interface Source {
  chart: string;
  version: string;
  from: string;
  samples: () => Sample[];
  /** Brings the package into the folder, or tells where it is. */
  fetch: (directory: string) => Promise<string>;
}

interface Work {
  runner: HelmRunner;
  flags: MirrorFlags;
  access: RegistryAccess;
  scratch: string;
  signal: AbortSignal;
}

/**
 * `fairlead charts mirror`. A chart that fails does not stop the others.
 * @throws CommandError that names every chart that failed
 */
export async function mirrorCharts(
  flags: MirrorFlags,
  { runtime, signal }: { runtime: Runtime; signal: AbortSignal },
): Promise<void> {
  requireTarget(flags);
  const output = openOutput(flags, runtime);
  const access = await targetAccess(flags, runtime.stdin);
  const scratch = await mkdtemp(join(tmpdir(), "fairlead-mirror-"));
  try {
    const runner = new HelmRunner({ helmBinary: await helmBinary(signal), cacheDirectory: scratch, logger });
    const work: Work = { runner, flags, access, scratch, signal };
    const sources = await findSources(work, runtime);
    const title = flags.to ? `Mirroring ${sources.length} charts to ${flags.to}` : `Reading ${sources.length} charts`;
    const progress = await startProgress(title, runtime.stderr);
    const results = await mirrorAll(sources, work, progress).finally(() => progress.stop());
    await report(results, flags, output);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

const logger = pino({ level: "silent" });

function requireTarget({ to, images }: MirrorFlags): void {
  if (to === undefined && !images) throw usageError("expected --to oci://…, or --images");
  if (to !== undefined && !/^oci:\/\/[^/]+\/[^/]/.test(to)) {
    throw usageError(`--to ${to}: expected a registry and a folder, like oci://registry.example.com/helm-charts`);
  }
}

async function helmBinary(signal: AbortSignal): Promise<string> {
  const display = renderProgress();
  try {
    const [helm] = await ensureBinaries(["helm"], { onProgress: display.onProgress, signal });
    return helm?.path ?? "";
  } finally {
    await display.finish();
  }
}

async function findSources({ runner, flags, signal }: Work, runtime: Runtime): Promise<Source[]> {
  const [first = "", ...others] = flags.kubernetesVersion ?? kubernetesVersions();
  const cilium = await ciliumCharts(flags, { runtime, access: await sourceAccess(flags), signal });
  const packages = await packageCharts({
    runner,
    chartsDirectory: shippedCharts,
    cacheDirectory: packageCache(),
    signal,
  });
  const addons = packages.filter(({ category }) => category === "addon");
  return [
    ...addons.map(({ name, version, path }) => ({
      chart: name,
      version,
      from: "Fairlead",
      samples: () => addonSamples(name, flags.catalogue, [first, ...others]),
      fetch: async () => path,
    })),
    ...cilium.map(({ version, from, reference }) => ({
      chart: "cilium",
      version,
      from,
      samples: () => ciliumSamples(version, first),
      fetch: async (directory: string) => {
        await runner.pull(reference, directory, { signal });
        return join(directory, `cilium-${version}.tgz`);
      },
    })),
  ];
}

interface Mirrored {
  charts: MirroredChart[];
  images: string[];
  standIns: number;
}

async function mirrorAll(sources: readonly Source[], work: Work, progress: Progress): Promise<Mirrored> {
  const found: Mirrored = { charts: [], images: [], standIns: 0 };
  for (const [index, source] of sources.entries()) {
    const { chart, version, from } = source;
    const row: MirroredChart = { chart, version, from };
    try {
      const path = await source.fetch(join(work.scratch, `${chart}-${version}`));
      if (await isStandIn(path, work)) found.standIns += 1;
      if (work.flags.images) found.images.push(...(await imagesIn(source, path, work)));
      if (work.flags.to) Object.assign(row, await copyTo(work.flags.to, { name: chart, version, path }, work));
    } catch (error) {
      work.signal.throwIfAborted();
      if (error instanceof CommandError) throw error;
      row.state = "failed";
      row.error = error instanceof Error ? error.message : String(error);
    }
    found.charts.push(row);
    progress.report([`${chart} ${version}: ${row.error ?? row.state ?? "read"}`], `${index + 1} of ${sources.length}`);
  }
  return { ...found, images: [...new Set(found.images)].sort() };
}

/** @throws CommandError if no other chart could be pushed either */
async function copyTo(to: string, chart: ChartCopy, { runner, access, scratch, signal }: Work) {
  const url = to.replace(/\/+$/, "");
  const target = { runner, url, access, scratch: join(scratch, `${chart.name}-${chart.version}`), signal };
  try {
    return await copyChart(chart, target);
  } catch (error) {
    if (!isHelmError(error, "unauthorized", "registry-unreachable")) throw error;
    throw new CommandError(exitCode.error, `${url} cannot be written to: ${error.message}`, { cause: error });
  }
}

/** In `Chart.yaml`: Fairlead's own chart in place of the Cilium project's. */
async function isStandIn(path: string, { runner, signal }: Work): Promise<boolean> {
  const chart = parse(await runner.showChart({ kind: "path", path }, { signal })) as {
    annotations?: Record<string, string>;
  };
  return chart.annotations?.["fairlead.dev/stand-in"] === "true";
}

async function imagesIn({ chart, samples }: Source, path: string, { runner, signal }: Work): Promise<string[]> {
  const images: string[] = [];
  for (const { values, kubernetesVersion } of samples()) {
    const options = {
      namespace: "kube-system",
      kubeVersion: `v${kubernetesVersion}`,
      includeCrds: false,
      values,
      signal,
    };
    const { objects, hooks } = parseManifests(chart, await runner.template(chart, { kind: "path", path }, options));
    images.push(...imagesOf(objects), ...imagesOf(hooks));
  }
  return images;
}

async function report({ charts, images, standIns }: Mirrored, flags: MirrorFlags, output: Output): Promise<void> {
  await output.result({ charts, ...(flags.images ? { images } : {}) }, () =>
    flags.images ? images.map((image) => `${image}\n`).join("") : output.table(columns, charts),
  );
  if (standIns > 0) {
    output.note(
      `Warning: ${standIns} of the Cilium charts are Fairlead's stand-ins for simulated nodes. Real nodes want the upstream charts: name their repository with --from.`,
    );
  }
  const failed = charts.filter(({ state }) => state === "failed");
  if (failed.length === 0) return;
  const details = failed.map(({ chart, version, error = "" }) => `${chart} ${version}: ${error}`);
  throw new CommandError(exitCode.error, `${failed.length} of ${charts.length} charts failed:`, { details });
}

const columns: Column<MirroredChart>[] = [
  { title: "CHART", value: ({ chart }) => chart },
  { title: "VERSION", value: ({ version }) => version },
  {
    title: "STATE",
    value: ({ state = "" }) => state,
    tone: ({ state }) => (state === "failed" ? "bad" : "good"),
  },
  { title: "FROM", value: ({ from }) => from },
  { title: "DIGEST", value: ({ digest = "" }) => digest },
];
