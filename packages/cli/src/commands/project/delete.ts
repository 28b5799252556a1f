import { confirm } from "../../confirm.ts";
import { findByIdOrName } from "../../find.ts";
import { printable } from "../../output/printable.ts";
import type { Session } from "../../session.ts";
import type { Call } from "../client-command.ts";

export async function deleteProject(session: Session, { args, options }: Call<{ yes?: boolean }>): Promise<void> {
  const { api, output } = session;
  const [text = ""] = args;
  const project = findByIdOrName("project", await api.projects(), text);
  const { id } = project;
  const name = printable(project.name);
  if (!options.yes) await confirm(`Delete project "${name}" (${id}) and all its clusters?`, session);
  await api.deleteProject(id);
  await output.result(project, () => `Project ${name} (${id}) is being deleted.\n`);
}
