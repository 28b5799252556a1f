import { ChartEgress } from "../egress/chart-egress.ts";
import type { CallDirectory } from "../runner/call-directory.ts";
import type { OciChart, RegistryAccess, RepositoryChart } from "../runner/chart-reference.ts";
import { HelmError } from "../runner/helm-error.ts";
import { ChartHttp } from "./chart-http.ts";
import { fetchFromRepository } from "./chart-repository.ts";
import { checkPackage } from "./check-package.ts";
import { OciRepository } from "./oci-registry.ts";
import { loginFor } from "./registry-credentials.ts";
import { newestMatch } from "./version-range.ts";

export interface FetchedChart {
  /** Path of the package. */
  file: string;
  /** Of the manifest, if it comes from a registry. */
  digest?: string;
}

export interface FetchOptions {
  directory: CallDirectory;
  signal: AbortSignal | undefined;
}

/**
 * Fetches a chart's package into the folder of a call. Helm fetches nothing itself: it would follow
 * redirects and names wherever they lead.
 * @throws HelmError of a kind that tells why the source does not deliver
 */
export async function fetchChart(
  chart: OciChart | RepositoryChart,
  { directory, signal }: FetchOptions,
): Promise<FetchedChart> {
  const { access } = chart;
  await using http = openHttp(access, signal);
  const { content, ...known } =
    chart.kind === "oci" ? await fromRegistry(http, chart) : await fromRepository(http, chart);
  const name = chart.kind === "oci" ? (chart.url.split("/").at(-1) ?? "") : chart.name;
  await checkPackage(content, `chart ${name} ${chart.version}`);
  return { file: await directory.write(`${safe(name)}-${safe(chart.version)}.tgz`, content), ...known };
}

/** The newest version of a chart in a registry that is within a range. */
export async function newestInRegistry(
  { url, range, access }: { url: string; range: string; access: RegistryAccess | undefined },
  signal: AbortSignal | undefined,
): Promise<string> {
  await using http = openHttp(access, signal);
  const tags = await repositoryOf(http, url, access).tags();
  const version = newestMatch(
    tags.map((tag) => tag.replaceAll("_", "+")),
    range,
  );
  if (version) return version;
  throw new HelmError("chart-not-found", `${url} has no version ${range}`, { command: "fetch" });
}

function openHttp(access: RegistryAccess | undefined, signal: AbortSignal | undefined): ChartHttp {
  const egress = new ChartEgress(access?.allowedAddresses);
  return new ChartHttp({ egress, ca: access?.ca, insecureSkipTlsVerify: access?.insecureSkipTlsVerify, signal });
}

interface Content {
  content: Buffer;
  digest?: string;
}

async function fromRegistry(http: ChartHttp, { url, version, digest, access }: OciChart): Promise<Content> {
  // A version may hold `+`, which no tag can; `helm push` stores `_` instead.
  return await repositoryOf(http, url, access).chart(version.replaceAll("+", "_"), digest);
}

function repositoryOf(http: ChartHttp, url: string, access: RegistryAccess | undefined): OciRepository {
  const address = new URL(url.replace(/^oci:/, access?.plainHttp ? "http:" : "https:"));
  if (address.hostname === "docker.io") address.hostname = "registry-1.docker.io";
  return new OciRepository(http, address, loginFor(access?.registryConfig, address.host));
}

async function fromRepository(http: ChartHttp, { url, name, version, access }: RepositoryChart): Promise<Content> {
  return { content: await fetchFromRepository(http, { url, name, version, login: access?.login }) };
}

/** Name and version come from a definition, or from a chart in git: in a file name they are only letters. */
function safe(text: string): string {
  return text.replaceAll(/[^\w.+-]/g, "_").slice(0, 100);
}
