import type { ApiNodeDeployment } from "@fairlead/resources";
import { notFound, usageError } from "../../command-error.ts";
import { chooseProject, findCluster, type ProjectChoice } from "../../find.ts";
import { printable } from "../../output/printable.ts";
import type { Session } from "../../session.ts";
import type { Call } from "../client-command.ts";
import { addressOf } from "./address.ts";

export interface ScaleOptions extends ProjectChoice {
  nodes: number;
  machineDeployment?: string;
}

export async function scaleCluster({ api, output }: Session, { args, options }: Call<ScaleOptions>): Promise<void> {
  const [text = ""] = args;
  const found = chooseProject(await api.projects(), options.project);
  const cluster = findCluster(found, found ? await api.clusters(found.id) : [], text);
  const project = found?.id ?? "";
  const group = chooseGroup(await api.machineDeployments(project, cluster.id), options.machineDeployment);
  const scaled = await api.scaleMachineDeployment({ project, cluster: cluster.id, name: group.name }, options.nodes);
  await output.result(
    scaled,
    () =>
      `Machine deployment ${printable(scaled.name)} of cluster ${printable(cluster.name)} is being scaled from ${group.spec.replicas} to ${scaled.spec.replicas} nodes.\n`,
  );
  if (output.format === "table") {
    output.note(`Wait for them with: fairlead cluster wait ${addressOf(cluster, options, project)} --for nodes-ready`);
  }
}

/** @throws CommandError if it is not clear which is meant */
export function chooseGroup(groups: readonly ApiNodeDeployment[], asked: string | undefined): ApiNodeDeployment {
  const names = groups.map(({ name }) => printable(name)).join(", ");
  if (asked !== undefined) {
    const found = groups.find(({ name }) => name === asked);
    if (!found) throw notFound(`machine deployment "${asked}" not found; there ${names ? `are: ${names}` : "is none"}`);
    return found;
  }
  const [first, ...others] = groups;
  if (!first) throw notFound("the cluster has no machine deployment to scale");
  if (others.length > 0) throw usageError(`say which with --machine-deployment; there are: ${names}`);
  return first;
}
