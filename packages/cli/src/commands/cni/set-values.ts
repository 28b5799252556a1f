import { cniApplication } from "@fairlead/api-client";
import type { ApiApplicationValuesPreview } from "@fairlead/resources";
import { CommandError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import { chooseProject, findCluster, type ProjectChoice } from "../../find.ts";
import { printable } from "../../output/printable.ts";
import type { Session } from "../../session.ts";
import type { Call } from "../client-command.ts";
import { readValuesFile } from "../values-file.ts";

export interface SetValuesOptions extends ProjectChoice {
  file: string;
  dryRun?: boolean;
}

export async function setValues(
  { api, output, runtime }: Session,
  { args, options }: Call<SetValuesOptions>,
): Promise<void> {
  const [text = ""] = args;
  const values = await readValuesFile(options.file, runtime.stdin);
  const project = chooseProject(await api.projects(), options.project);
  const { id } = findCluster(project, project ? await api.clusters(project.id) : [], text);
  const ref = { project: project?.id ?? "", id };
  const preview = await api.previewApplicationValues(ref, cniApplication, values);
  if (!preview.accepted) {
    const lines = preview.errors.map(({ field, message }) => `\n  ${field}: ${message}`).join("");
    throw new CommandError(exitCode.refused, `the values are refused, and nothing was stored:${lines}`);
  }
  if (!options.dryRun) await api.replaceApplicationValues(ref, cniApplication, { values });
  await output.result(preview, () => describeChanges(preview, options.dryRun === true));
}

function describeChanges({ changes }: ApiApplicationValuesPreview, dryRun: boolean): string {
  if (changes.length === 0) return "Nothing changes.\n";
  const side = (at: { layer: string; value?: unknown } | undefined) =>
    at ? `${JSON.stringify(at.value)} (${at.layer})` : "none";
  const lines = changes.map(({ path, before, after }) => `${path}: ${side(before)} -> ${side(after)}`);
  const done = dryRun ? "Would be changed (dry run): nothing was stored." : "Changed; the CNI is being rolled out.";
  return `${lines.map((line) => `${printable(line)}\n`).join("")}${done}\n`;
}
