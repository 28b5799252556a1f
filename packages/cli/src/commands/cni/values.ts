import { cniApplication } from "@fairlead/api-client";
import type { ApiApplicationValue } from "@fairlead/resources";
import { chooseProject, findCluster, type ProjectChoice } from "../../find.ts";
import type { Column } from "../../output/table.ts";
import type { Session } from "../../session.ts";
import type { Call } from "../client-command.ts";

export interface ValuesOptions extends ProjectChoice {
  layer?: string[];
}

export async function showValues({ api, output }: Session, { args, options }: Call<ValuesOptions>): Promise<void> {
  const [text = ""] = args;
  const project = chooseProject(await api.projects(), options.project);
  const { id } = findCluster(project, project ? await api.clusters(project.id) : [], text);
  const { values, keys } = await api.applicationValues({ project: project?.id ?? "", id }, cniApplication);
  const shown = keys.filter(({ layer }) => options.layer?.includes(layer) ?? layer !== "chart");
  // For machines the document alone: it is what `cni set-values` takes.
  await output.result(values, () => output.table(columns, shown));
}

const columns: readonly Column<ApiApplicationValue>[] = [
  { title: "KEY", value: ({ path }) => path },
  { title: "VALUE", value: ({ value }) => shown(value) },
  { title: "LAYER", value: ({ layer }) => layer },
  { title: "COVERS", value: ({ covers }) => covers.map(({ layer, value }) => `${layer} ${shown(value)}`).join(", ") },
  { title: "REASON", value: ({ reason = "" }) => reason },
];

function shown(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
