import { chooseProject, findCluster, type ProjectChoice } from "../../find.ts";
import { printable } from "../../output/printable.ts";
import type { Session } from "../../session.ts";
import type { Call } from "../client-command.ts";
import { addressOf } from "./address.ts";

export interface UpgradeNodesOptions extends ProjectChoice {
  to: string;
  dryRun?: boolean;
}

export async function upgradeNodes({ api, output }: Session, { args, options }: Call<UpgradeNodesOptions>) {
  const [text = ""] = args;
  const found = chooseProject(await api.projects(), options.project);
  const cluster = findCluster(found, found ? await api.clusters(found.id) : [], text);
  const project = found?.id ?? "";
  const { to, dryRun = false } = options;
  await api.upgradeNodes({ project, id: cluster.id }, to, { dryRun });
  const groups = await api.machineDeployments(project, cluster.id);
  const nodes = `${groups.length} group${groups.length === 1 ? "" : "s"} of nodes of cluster ${printable(cluster.name)}`;
  const done = dryRun ? "could be brought to" : "follow to";
  await output.result(groups, () => `${nodes} ${done} Kubernetes ${printable(to)}.\n`);
  if (output.format === "table" && !dryRun) {
    output.note(`Wait for them with: fairlead cluster wait ${addressOf(cluster, options, project)} --for nodes-ready`);
  }
}
