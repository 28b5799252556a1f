import type { ApiGroupBinding } from "@fairlead/resources";
import { notFound } from "../../command-error.ts";
import type { ProjectChoice } from "../../find.ts";
import { printable } from "../../output/printable.ts";
import type { Column } from "../../output/table.ts";
import type { Session } from "../../session.ts";
import type { Call } from "../client-command.ts";
import type { RoleOptions } from "./member-commands.ts";
import { requireProject } from "./members.ts";

export async function listGroups(session: Session, { options }: Call<ProjectChoice>): Promise<void> {
  const { api, output } = session;
  const bindings = await api.groupBindings((await requireProject(session, options)).id);
  await output.result(bindings, async () => {
    if (bindings.length > 0) return output.table(columns, bindings);
    output.note("No group is bound to the project.");
    return "";
  });
}

const columns: Column<ApiGroupBinding>[] = [
  { title: "GROUP", value: ({ group }) => group },
  { title: "ROLE", value: ({ role }) => role },
];

export async function setGroup(session: Session, { args, options }: Call<RoleOptions>): Promise<void> {
  const { api, output } = session;
  const { role } = options;
  const [group = ""] = args;
  const { id, name } = await requireProject(session, options);
  const known = (await api.groupBindings(id)).find((binding) => binding.group === group);
  const binding = known ? await api.changeGroupBinding(id, known.name, role) : await api.bindGroup(id, { group, role });
  await output.result(binding, () => `Group ${printable(group)} is one of the ${role} of ${printable(name)}.\n`);
}

export async function removeGroup(session: Session, { args, options }: Call<ProjectChoice>): Promise<void> {
  const { api, output } = session;
  const [group = ""] = args;
  const { id, name } = await requireProject(session, options);
  const bindings = (await api.groupBindings(id)).filter((binding) => binding.group === group);
  if (bindings.length === 0) throw notFound(`group "${group}" is not bound to the project`);
  for (const binding of bindings) await api.removeGroupBinding(id, binding.name);
  await output.result(bindings, () => `Group ${printable(group)} is out of ${printable(name)}.\n`);
}
