import { RegistryClient } from "../registry/registry-client.ts";
import type { RegistryAccess } from "../runner/chart-reference.ts";
import type { HelmRunner } from "../runner/helm-runner.ts";
import { mapInParallel } from "./in-parallel.ts";
import type { PackagedChart } from "./package-charts.ts";

export interface PublishOptions {
  runner: HelmRunner;
  registry: { host: string; url: string; access: RegistryAccess };
  /** Parent of the charts' repositories: `helm-charts`. */
  repository: string;
  credentials?: { username: string; password: string };
  signal?: AbortSignal;
}

export interface PublishedChart extends PackagedChart {
  /** `oci://127.0.0.1:5000/helm-charts/cilium` */
  url: string;
  /** `sha256:…` of the manifest in the registry. */
  manifestDigest: string;
  /** False if the registry had the same content already. */
  pushed: boolean;
}

const parallel = 2;

/** Pushes what the registry does not have yet; a tag whose content differs is moved. */
export async function publishCharts(
  charts: readonly PackagedChart[],
  options: PublishOptions,
): Promise<PublishedChart[]> {
  const { registry, credentials } = options;
  await using client = new RegistryClient({ url: registry.url, ca: registry.access.ca, credentials });
  return await mapInParallel(charts, parallel, (chart) => publish(chart, client, options));
}

async function publish(chart: PackagedChart, client: RegistryClient, options: PublishOptions): Promise<PublishedChart> {
  const { runner, registry, repository, signal } = options;
  const name = `${repository}/${chart.name}`;
  const tag = chart.version.replaceAll("+", "_");
  const url = `oci://${registry.host}/${name}`;
  const there = await client.chart(name, tag, signal);
  if (there?.packageDigest === chart.digest) return { ...chart, url, manifestDigest: there.digest, pushed: false };
  await runner.push(chart.path, `oci://${registry.host}/${repository}`, { access: registry.access, signal });
  const now = await client.chart(name, tag, signal);
  if (now?.packageDigest !== chart.digest) throw new Error(`${url}:${tag}: the registry does not have what was pushed`);
  return { ...chart, url, manifestDigest: now.digest, pushed: true };
}
