import { type ClusterState, clusterState } from "@fairlead/api-client";
import { chooseProject, type ProjectChoice } from "../../find.ts";
import { age } from "../../output/age.ts";
import type { Column, Tone } from "../../output/table.ts";
import type { Session } from "../../session.ts";
import { readyCount } from "../../wait/observation.ts";
import { cniOf, ipFamilyOf, proxyModeOf } from "./describe.ts";
import { type Inspected, inspectAll } from "./inspect.ts";

/** Asking each of more clusters would take longer than a person waits. */
const mostInspected = 100;

export async function listClusters({ api, output }: Session, options: ProjectChoice): Promise<void> {
  const project = chooseProject(await api.projects(), options.project);
  const clusters = project ? await api.clusters(project.id) : [];
  await output.result(clusters, async () => {
    if (!project || clusters.length === 0) {
      output.note(`No clusters${project ? ` in project "${project.name}"` : ": there is no project yet"}.`);
      return "";
    }
    if (clusters.length <= mostInspected) {
      return output.table(clusterColumns(new Date()), await inspectAll(api, project.id, clusters));
    }
    output.note(`More than ${mostInspected} clusters: nodes and health are left out, see "fairlead cluster get".`);
    return output.table(
      clusterColumns(new Date()),
      clusters.map((cluster) => ({ cluster })),
    );
  });
}

export function clusterColumns(now: Date): Column<Inspected>[] {
  return [
    { title: "NAME", value: ({ cluster }) => cluster.name },
    { title: "ID", value: ({ cluster }) => cluster.id },
    { title: "VERSION", value: ({ cluster }) => cluster.spec.version?.replace(/^v/, "") ?? "" },
    { title: "CNI", value: ({ cluster }) => cniOf(cluster) },
    { title: "PROXY-MODE", value: ({ cluster }) => proxyModeOf(cluster) },
    { title: "IP-FAMILY", value: ({ cluster }) => ipFamilyOf(cluster) },
    { title: "DATACENTER", value: ({ cluster }) => cluster.spec.cloud?.dc ?? "" },
    {
      title: "STATUS",
      value: ({ cluster, health }) => clusterState(cluster, health),
      tone: ({ cluster, health }) => tones[clusterState(cluster, health)],
    },
    { title: "NODES", value: ({ nodes }) => (nodes ? readyCount(nodes) : "") },
    { title: "AGE", value: ({ cluster }) => age(cluster.creationTimestamp, now) },
  ];
}

export const tones: Readonly<Record<ClusterState, Tone>> = {
  Creating: "pending",
  Running: "good",
  Degraded: "bad",
  Deleting: "pending",
};
