import { resolve } from "node:path";
import { checkOutChart } from "../git/check-out-chart.ts";
import type { CallDirectory } from "./call-directory.ts";
import { type ChartReference, chartArgument, type RegistryAccess } from "./chart-reference.ts";
import type { HelmError } from "./helm-error.ts";
import type { ProgramOutput } from "./helm-process.ts";
import { addRepositories, explainUpdate } from "./repositories.ts";

/** A chart as helm's command line names it. */
export interface PreparedChart {
  /** `["/path"]`, `["oci://…"]` or `["source/name", "--version=…"]` */
  args: readonly string[];
  /** How helm itself has to reach the chart's registry; what is fetched before needs nothing any more. */
  access?: RegistryAccess | undefined;
}

/** What preparing a chart may use of the runner. */
export interface Preparation {
  directory: CallDirectory;
  /** Runs helm in the call's folder. */
  helm: (args: readonly string[], explain?: (output: ProgramOutput) => HelmError) => Promise<string>;
  /** Hosts' keys that were seen once. */
  knownHostsFile: string;
  signal: AbortSignal | undefined;
}

/**
 * Fetches into the folder of a call what helm cannot fetch by a reference alone: the index of a classic repository, a git
 * repository with the chart's dependencies.
 * @throws HelmError of a kind that tells why the source does not deliver
 */
export async function prepareChart(chart: ChartReference, preparation: Preparation): Promise<PreparedChart> {
  switch (chart.kind) {
    case "path":
      return { args: [resolve(chart.path)] }; // helm runs in a folder of its own
    case "oci":
      return { args: [chartArgument(chart)], access: chart.access };
    case "repository":
      await addRepositories([{ name: source, url: chart.url, access: chart.access }], preparation.directory);
      await preparation.helm(["repo", "update"], explainUpdate);
      return { args: [`${source}/${chart.name}`, `--version=${chart.version}`] };
    case "git":
      return { args: [await checkOutChart(chart, preparation)] };
    default:
      return chart satisfies never;
  }
}

const source = "source";
