import { confirm } from "../../confirm.ts";
import type { ProjectChoice } from "../../find.ts";
import { printable } from "../../output/printable.ts";
import type { Session } from "../../session.ts";
import type { Call } from "../client-command.ts";
import { findTemplate } from "./find-template.ts";

export interface DeleteTemplateOptions extends ProjectChoice {
  yes?: boolean;
}

export async function deleteTemplate(session: Session, { args, options }: Call<DeleteTemplateOptions>): Promise<void> {
  const [text = ""] = args;
  const { projectId, template } = await findTemplate(session, text, options);
  const described = `${printable(template.name)} (${template.id})`;
  if (!options.yes) await confirm(`Delete template ${described}? Clusters that were made from it stay.`, session);
  await session.api.deleteTemplate(projectId, template.id);
  await session.output.result(template, () => `Template ${described} is deleted.\n`);
}
