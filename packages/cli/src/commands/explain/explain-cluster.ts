import { chooseProject, findCluster, type ProjectChoice } from "../../find.ts";
import type { Session } from "../../session.ts";
import type { Call } from "../client-command.ts";
import { fieldColumns, versionColumns } from "./columns.ts";

export interface ExplainOptions extends ProjectChoice {
  versions?: boolean;
}

export async function explainCluster({ api, output }: Session, { args, options }: Call<ExplainOptions>): Promise<void> {
  const [text = ""] = args;
  const project = chooseProject(await api.projects(), options.project);
  const cluster = findCluster(project, project ? await api.clusters(project.id) : [], text);
  const { fields, cniVersions } = await api.explainCluster(project?.id ?? "", cluster.id);
  if (options.versions) {
    await output.result(cniVersions, () => output.table(versionColumns, cniVersions));
    return;
  }
  await output.result(fields, () => output.table(fieldColumns, fields));
}
