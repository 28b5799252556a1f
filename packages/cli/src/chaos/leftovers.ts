import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { builtin } from "@fairlead/kube";
import { clusterNamespace, clusterType } from "@fairlead/resources";
import { commandLinesOf } from "../start/testing/fairlead-process.ts";
import type { Subject } from "./subject.ts";

/** What there is of clusters that are gone, or twice of one that is there: processes, namespaces, folders, helm's working files. */
export async function leftovers({ data, layout, management }: Subject): Promise<string[]> {
  const clusters = (await management.list(clusterType)).items.map(({ metadata }) => metadata.name ?? "");
  const namespaces = (await management.list(builtin.Namespace)).items.map(({ metadata }) => metadata.name ?? "");
  const folders = await readdir(join(layout.userClusters, "clusters"));
  const calls = await readdir(join(layout.helm, "helm-calls"));
  const lines = [...(await commandLinesOf(data)).values()];
  const helmRuns = lines.some((line) => /\/helm \w/.test(line));
  return [
    ...namespaces.filter(
      (name) => name.startsWith("cluster-") && !clusters.some((id) => clusterNamespace(id) === name),
    ),
    ...folders.filter((id) => !clusters.includes(id)).map((id) => `folder of cluster ${id}`),
    ...(calls.length > 0 && !helmRuns ? [`${calls.length} of helm's working folders`] : []),
    ...clusters.flatMap((id) => processesTwice(id, lines)),
    ...lines.filter((line) => ofAnother(line, data, clusters)).map((line) => `process ${line.slice(0, 120)}`),
  ];
}

function processesTwice(id: string, lines: readonly string[]): string[] {
  const own = lines.filter((line) => line.includes(`/clusters/${id}/`));
  const names = own.map((line) => /\/([\w-]+) /.exec(line)?.[1] ?? line);
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))].map(
    (name) => `${name} of ${id} twice`,
  );
}

function ofAnother(line: string, data: string, clusters: readonly string[]): boolean {
  const [, rest] = line.split(`${data}/user-clusters/clusters/`);
  const [id = ""] = rest?.split(/[/ ]/) ?? [];
  return id !== "" && !clusters.includes(id);
}
