import { resolve } from "node:path";
import { fetchChart } from "../fetch/fetch-chart.ts";
import { checkOutChart } from "../git/check-out-chart.ts";
import type { CallDirectory } from "./call-directory.ts";
import type { ChartReference } from "./chart-reference.ts";

/** A chart as helm's command line names it. */
export interface PreparedChart {
  /** `["/path"]` of a folder or a package on this machine: helm fetches nothing itself. */
  args: readonly string[];
}

/** What preparing a chart may use of the runner. */
export interface Preparation {
  directory: CallDirectory;
  /** Runs helm in the call's folder. */
  helm: (args: readonly string[]) => Promise<string>;
  /** Hosts' keys that were seen once. */
  knownHostsFile: string;
  signal: AbortSignal | undefined;
}

/**
 * Fetches a chart into the folder of a call: out of a registry or a repository, or a git repository with the chart's
 * dependencies.
 * @throws HelmError of a kind that tells why the source does not deliver
 */
export async function prepareChart(chart: ChartReference, preparation: Preparation): Promise<PreparedChart> {
  switch (chart.kind) {
    case "path":
      return { args: [resolve(chart.path)] }; // helm runs in a folder of its own
    case "oci":
    case "repository":
      return { args: [(await fetchChart(chart, preparation)).file] };
    case "git":
      return { args: [await checkOutChart(chart, preparation)] };
    default:
      return chart satisfies never;
  }
}
