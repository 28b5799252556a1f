import { readFile } from "node:fs/promises";
import { cniApplication } from "@fairlead/api-client";
import type { ApiApplicationValuesPreview } from "@fairlead/resources";
import { CommandError, usageError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import { chooseProject, findCluster, type ProjectChoice } from "../../find.ts";
import { printable } from "../../output/printable.ts";
import type { Session } from "../../session.ts";
import type { Call } from "../client-command.ts";

export interface SetValuesOptions extends ProjectChoice {
  file: string;
  dryRun?: boolean;
}

export async function setValues({ api, output }: Session, { args, options }: Call<SetValuesOptions>): Promise<void> {
  const [text = ""] = args;
  const values = await readValues(options.file);
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

async function readValues(file: string): Promise<object> {
  const { parse } = await import("yaml");
  let values: unknown;
  try {
    values = parse(await readFile(file, "utf8"));
  } catch (error) {
    throw usageError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (typeof values === "object" && values !== null && !Array.isArray(values)) return values;
  throw usageError(`${file}: expected a document of Helm values`);
}

function describeChanges({ changes }: ApiApplicationValuesPreview, dryRun: boolean): string {
  if (changes.length === 0) return "Nothing changes.\n";
  const side = (at: { layer: string; value?: unknown } | undefined) =>
    at ? `${JSON.stringify(at.value)} (${at.layer})` : "none";
  const lines = changes.map(({ path, before, after }) => `${path}: ${side(before)} -> ${side(after)}`);
  const done = dryRun ? "Would be changed (dry run): nothing was stored." : "Changed; the CNI is being rolled out.";
  return `${lines.map((line) => `${printable(line)}\n`).join("")}${done}\n`;
}
