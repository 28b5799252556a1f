import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";

/** `addon`: rendered and applied by Fairlead. `application`: installed as a helm release. */
type ChartCategory = "addon" | "application";

/** One chart in one version, as it lies in the source tree. */
export interface ChartSource {
  category: ChartCategory;
  name: string;
  version: string;
  directory: string;
  /** Of `Chart.yaml`. */
  annotations: Readonly<Record<string, string>>;
  /** Folder whose `values.yaml` and `values.schema.json` belong to this version; `Chart.yaml` then gets the version too. */
  overlay?: string;
}

const chartFile = z.object({
  name: z.string(),
  version: z.string(),
  annotations: z.record(z.string(), z.string()).default({}),
});
const versionsFile = z.array(z.object({ version: z.string(), generation: z.string() }));

/** The charts below `addons/` and `applications/`, in each version that they are packaged as. */
export async function findChartSources(chartsDirectory: string): Promise<ChartSource[]> {
  const found = await Promise.all([
    sourcesIn(join(chartsDirectory, "addons"), "addon"),
    sourcesIn(join(chartsDirectory, "applications"), "application"),
  ]);
  return found.flat();
}

async function sourcesIn(parent: string, category: ChartCategory): Promise<ChartSource[]> {
  const entries = await readdir(parent, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const sources = await Promise.all(names.sort().map((name) => versionsOf(join(parent, name), category)));
  return sources.flat();
}

async function versionsOf(directory: string, category: ChartCategory): Promise<ChartSource[]> {
  const chart = await readYaml(join(directory, "Chart.yaml"), chartFile);
  if (!(await readdir(directory)).includes("versions.yaml")) return [{ category, directory, ...chart }];
  const versions = await readYaml(join(directory, "versions.yaml"), versionsFile);
  return versions.map(({ version, generation }) => ({
    category,
    directory,
    name: chart.name,
    annotations: chart.annotations,
    version,
    overlay: join(directory, "generations", generation),
  }));
}

async function readYaml<T>(path: string, schema: z.ZodType<T>): Promise<T> {
  const result = schema.safeParse(parse(await readFile(path, "utf8")));
  if (!result.success) throw new TypeError(`${path}: ${z.prettifyError(result.error)}`);
  return result.data;
}
