import { readFile, realpath } from "node:fs/promises";
import { join, relative } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import type { GitChart } from "../runner/chart-reference.ts";
import { HelmError, isHelmError } from "../runner/helm-error.ts";
import type { Preparation } from "../runner/prepare-chart.ts";
import { addRepositories, explainUpdate } from "../runner/repositories.ts";
import { type Git, openGit } from "./git.ts";

/** Puts the chart's folder at its commit into the folder of the call, dependencies included, and returns its path. */
export async function checkOutChart(chart: GitChart, preparation: Preparation): Promise<string> {
  const { directory, knownHostsFile, signal } = preparation;
  const git = await openGit({ directory, access: chart.access, knownHostsFile, signal });
  const workTree = join(directory.path, "repository");
  await git.run(["init", "--quiet", "--template=", workTree]);
  await fetchCommit(git, chart, workTree);
  await git.run(["checkout", "--quiet", "--detach", chart.commit], workTree);
  const folder = await chartFolder(chart, workTree);
  await buildDependencies(folder, chart, preparation);
  return folder;
}

/** One commit if the server gives it, else all that leads to it. */
async function fetchCommit(git: Git, { remote, commit, ref }: GitChart, workTree: string): Promise<void> {
  const fetch = ["fetch", "--quiet", "--no-tags", "--no-recurse-submodules"];
  try {
    await git.run([...fetch, "--depth=1", "--", remote, commit], workTree);
  } catch (error) {
    if (!isHelmError(error, "chart-not-found", "registry-unreachable", "unknown")) throw error;
    await git.run([...fetch, "--", remote, ref], workTree);
  }
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

const chartFile = z.object({
  dependencies: z
    .array(z.object({ name: z.string(), repository: z.string().default("") }))
    .nullish()
    .transform((list) => list ?? []),
});

/** What the chart's folder does not hold already; from repositories and registries alone, as with the chart itself. */
async function buildDependencies(folder: string, chart: GitChart, preparation: Preparation): Promise<void> {
  const { directory } = preparation;
  const { dependencies } = chartFile.parse(parse(await readFile(join(folder, "Chart.yaml"), "utf8")));
  const addresses = dependencies.map(({ repository }) => repository).filter((address) => address !== "");
  if (addresses.length === 0) return;
  const foreign = addresses.find((address) => !/^(https?|oci|file):\/\//.test(address));
  if (foreign) {
    throw new HelmError(
      "chart-not-found",
      `a dependency of the chart is at ${foreign}: expected https://… or oci://…`,
      {
        command: "dependency",
      },
    );
  }
  for (const address of addresses) await requireInside(address, folder, preparation);
  const repositories = [...new Set(addresses.filter((address) => /^https?:/.test(address)))];
  await addRepositories(
    repositories.map((url, index) => ({ name: `dependency-${index}`, url, access: chart.dependencyAccess })),
    directory,
  );
  if (repositories.length > 0) await preparation.helm(["repo", "update"], explainUpdate);
  await preparation.helm(["dependency", "build", folder, "--skip-refresh"]);
}

/** A `file://` dependency is relative to its chart, and stays within the repository. */
async function requireInside(address: string, folder: string, { directory }: Preparation): Promise<void> {
  if (!address.startsWith("file://")) return;
  const root = await realpath(join(directory.path, "repository"));
  const target = await realpath(join(folder, address.slice("file://".length))).catch(() => "");
  if (target !== "" && !relative(root, target).startsWith("..")) return;
  throw new HelmError("chart-not-found", `a dependency of the chart is at ${address}, outside of the repository`, {
    command: "dependency",
  });
}

function redactUser(remote: string): string {
  return remote.replace(/\/\/[^/@]*@/, "//");
}
