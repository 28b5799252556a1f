import { isNotFound } from "@fairlead/api-client";
import type { ApiCluster } from "@fairlead/resources";
import { CommandError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import { chooseProject, findCluster, type ProjectChoice } from "../../find.ts";
import { printable } from "../../output/printable.ts";
import type { Session } from "../../session.ts";
import { summary, type WaitCondition } from "../../wait/observation.ts";
import { waitForCluster } from "../../wait/wait-for-cluster.ts";
import type { Call } from "../client-command.ts";
import { addressOf } from "./address.ts";

export interface WaitOptions extends ProjectChoice {
  for: WaitCondition;
  timeout: number;
}

export async function waitCluster(session: Session, { args, options }: Call<WaitOptions>): Promise<void> {
  const { api, output, signal } = session;
  const [text = ""] = args;
  const project = chooseProject(await api.projects(), options.project);
  const projectId = project?.id ?? "";
  let cluster: ApiCluster;
  try {
    cluster = findCluster(project, project ? await api.clusters(projectId) : [], text);
  } catch (error) {
    if (options.for !== "deleted" || !isMissing(error)) throw error;
    await output.result(null, () => `There is no cluster ${text}.\n`);
    return;
  }
  const { id, name } = cluster;
  const seen = await waitForCluster({
    api,
    projectId,
    id,
    name,
    address: addressOf(cluster, options, projectId),
    condition: options.for,
    timeoutMs: options.timeout,
    signal,
    stderr: output.stderr,
  });
  await output.result(seen.cluster ?? null, () => `Cluster ${printable(name)} (${id}): ${summary(seen)}\n`);
}

function isMissing(error: unknown): boolean {
  return isNotFound(error) || (error instanceof CommandError && error.exitCode === exitCode.notFound);
}
