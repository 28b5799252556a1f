import { mkdir, readdir, readFile, realpath, rename } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { fetchChart, newestInRegistry } from "../fetch/fetch-chart.ts";
import type { GitChart } from "../runner/chart-reference.ts";
import { HelmError, isHelmError } from "../runner/helm-error.ts";
import type { Preparation } from "../runner/prepare-chart.ts";
import { type Git, openGit } from "./git.ts";

/** Puts the chart's folder at its commit into the folder of the call, dependencies included, and returns its path. */
export async function checkOutChart(chart: GitChart, preparation: Preparation): Promise<string> {
  const { directory, knownHostsFile, signal } = preparation;
  await using git = await openGit({ directory, remote: chart.remote, access: chart.access, knownHostsFile, signal });
  const workTree = join(directory.path, "repository");
  await git.run(["init", "--quiet", "--template=", workTree]);
  await fetchCommit(git, chart, workTree);
  await requireReasonableTree(git, chart, workTree);
  await git.run(["checkout", "--quiet", "--detach", chart.commit], workTree);
  const folder = await chartFolder(chart, workTree);
  await buildDependencies(folder, chart, preparation);
  return folder;
}

/** One commit if the server gives it, else all that leads to it. */
async function fetchCommit(git: Git, { commit, ref }: GitChart, workTree: string): Promise<void> {
  const fetch = ["fetch", "--quiet", "--no-tags", "--no-recurse-submodules"];
  try {
    await git.run([...fetch, "--depth=1", "--", git.remote, commit], workTree);
  } catch (error) {
    if (!isHelmError(error, "chart-not-found", "registry-unreachable", "unknown")) throw error;
    await git.run([...fetch, "--", git.remote, ref], workTree);
  }
}

/** Of all files of the commit, as they are written to disk: what is packed small may unpack large. */
const mostFiles = 50_000;
const mostBytes = 512 * 1024 * 1024;

async function requireReasonableTree(git: Git, { remote, commit }: GitChart, workTree: string): Promise<void> {
  const listing = await git.run(["ls-tree", "-r", "--format=%(objectsize)", commit], workTree);
  const sizes = listing.split("\n").filter(Boolean).map(Number);
  const bytes = sizes.reduce((sum, size) => sum + (size || 0), 0);
  if (sizes.length <= mostFiles && bytes <= mostBytes) return;
  const message = `${redactUser(remote)} has ${sizes.length} files of ${bytes} bytes: expected at most ${mostFiles} files and ${mostBytes} bytes`;
  throw new HelmError("archive-refused", message, { command: "checkout" });
}

async function chartFolder({ path = ".", remote }: GitChart, workTree: string): Promise<string> {
  const root = await realpath(workTree);
  const folder = await realpath(join(root, path)).catch(() => undefined);
  const inside = folder !== undefined && !relative(root, folder).startsWith("..");
  const chartFile = inside ? await readFile(join(folder, "Chart.yaml")).catch(() => undefined) : undefined;
  if (folder && chartFile) return folder;
  throw new HelmError("chart-not-found", `${redactUser(remote)} has no chart (Chart.yaml) in ${path}`, {
    command: "checkout",
  });
}

const dependency = z.object({ name: z.string(), version: z.string().default(""), repository: z.string().default("") });
type Dependency = z.infer<typeof dependency>;
const dependencyList = z.object({
  dependencies: z
    .array(dependency)
    .nullish()
    .transform((list) => list ?? []),
});

/** What the chart's folder does not hold already; from repositories and registries alone, as with the chart itself. */
async function buildDependencies(folder: string, chart: GitChart, preparation: Preparation): Promise<void> {
  const { dependencies } = dependencyList.parse(parse(await readFile(join(folder, "Chart.yaml"), "utf8")));
  const missing = dependencies.filter(({ repository }) => repository !== "");
  if (missing.length === 0) return;
  const lock = await readFile(join(folder, "Chart.lock"), "utf8").catch(() => "{}");
  const { dependencies: locked } = dependencyList.parse(parse(lock) ?? {});
  const charts = join(folder, "charts");
  await mkdir(charts, { recursive: true });
  const there = await readdir(charts);
  for (const { name, version, repository } of missing) {
    if (there.some((entry) => entry === name || entry.startsWith(`${name}-`))) continue;
    const wanted = { name, repository, version: locked.find((entry) => entry.name === name)?.version || version };
    if (repository.startsWith("file://")) {
      const source = await insideOf(folder, repository, preparation);
      await preparation.helm(["package", source, `--destination=${charts}`]);
    } else {
      const file = await fetchDependency(wanted, chart, preparation);
      await rename(file, join(charts, basename(file)));
    }
  }
}

async function fetchDependency(
  { name, version, repository: url }: Dependency,
  { dependencyAccess: access }: GitChart,
  { directory, signal }: Preparation,
): Promise<string> {
  const options = { directory, signal };
  const more = access ? { access } : {};
  if (/^https?:\/\//.test(url))
    return (await fetchChart({ kind: "repository", url, name, version, ...more }, options)).file;
  if (!url.startsWith("oci://")) {
    const message = `a dependency of the chart is at ${url}: expected https://… or oci://…`;
    throw new HelmError("chart-not-found", message, { command: "dependency" });
  }
  const address = `${url.replace(/\/+$/, "")}/${name}`;
  const exact = /^v?\d+\.\d+\.\d+(?:[-+][\w.+-]*)?$/.test(version)
    ? version
    : await newestInRegistry({ url: address, range: version, access }, signal);
  return (await fetchChart({ kind: "oci", url: address, version: exact, ...more }, options)).file;
}

/** A `file://` dependency is relative to its chart, and stays within the repository. */
async function insideOf(folder: string, address: string, { directory }: Preparation): Promise<string> {
  const root = await realpath(join(directory.path, "repository"));
  const target = await realpath(join(folder, address.slice("file://".length))).catch(() => "");
  if (target !== "" && !relative(root, target).startsWith("..")) return target;
  throw new HelmError("chart-not-found", `a dependency of the chart is at ${address}, outside of the repository`, {
    command: "dependency",
  });
}

function redactUser(remote: string): string {
  return remote.replace(/\/\/[^/@]*@/, "//");
}
