import { confirm } from "../../confirm.ts";
import { chooseProject, findCluster, type ProjectChoice } from "../../find.ts";
import { printable } from "../../output/printable.ts";
import type { Session } from "../../session.ts";
import { waitForCluster } from "../../wait/wait-for-cluster.ts";
import type { Call } from "../client-command.ts";
import { addressOf } from "./address.ts";

export interface DeleteOptions extends ProjectChoice {
  yes?: boolean;
  wait?: boolean;
  timeout: number;
}

export async function deleteCluster(session: Session, { args, options }: Call<DeleteOptions>): Promise<void> {
  const { api, output, signal } = session;
  const [text = ""] = args;
  const project = chooseProject(await api.projects(), options.project);
  const cluster = findCluster(project, project ? await api.clusters(project.id) : [], text);
  const projectId = project?.id ?? "";
  const { id } = cluster;
  const name = printable(cluster.name);
  if (!options.yes) await confirm(`Delete cluster "${name}" (${id}) and everything in it?`, session);
  await api.deleteCluster(projectId, id);
  if (options.wait) {
    await waitForCluster({
      api,
      projectId,
      id,
      name,
      address: addressOf(cluster, options, projectId),
      condition: "deleted",
      timeoutMs: options.timeout,
      operation: "deletion",
      signal,
      stderr: output.stderr,
    });
  }
  await output.result(cluster, () => `Cluster ${name} (${id}) is ${options.wait ? "deleted" : "being deleted"}.\n`);
}
