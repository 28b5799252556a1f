import { chooseProject, findCluster } from "../../find.ts";
import { printable } from "../../output/printable.ts";
import type { Session } from "../../session.ts";
import type { Call } from "../client-command.ts";
import { describeNetwork } from "./describe.ts";
import { type UpdateOptions, updatePatch } from "./update-patch.ts";

export async function updateCluster({ api, output }: Session, { args, options }: Call<UpdateOptions>): Promise<void> {
  const [text = ""] = args;
  const patch = updatePatch(options);
  const project = chooseProject(await api.projects(), options.project);
  const { id } = findCluster(project, project ? await api.clusters(project.id) : [], text);
  const updated = await api.updateCluster(project?.id ?? "", id, patch, { dryRun: options.dryRun });
  const done = options.dryRun ? "would be changed (dry run): nothing was stored" : "is changed";
  await output.result(
    updated,
    () => `Cluster ${printable(updated.name)} (${updated.id}, ${describeNetwork(updated)}) ${done}.\n`,
  );
}
