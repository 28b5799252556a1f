import type { ApiProject, ApiUser } from "@fairlead/resources";
import { notFound } from "../../command-error.ts";
import { chooseProject, type ProjectChoice } from "../../find.ts";
import { printable } from "../../output/printable.ts";
import type { Column } from "../../output/table.ts";
import type { Session } from "../../session.ts";
import type { Call } from "../client-command.ts";
import type { RoleOptions } from "./member-commands.ts";

/** @throws CommandError if there is none */
export async function requireProject({ api }: Session, { project }: ProjectChoice): Promise<ApiProject> {
  const found = chooseProject(await api.projects(), project);
  if (!found) throw notFound("there is no project yet: fairlead project create <name>");
  return found;
}

export async function listMembers(session: Session, { options }: Call<ProjectChoice>): Promise<void> {
  const { api, output } = session;
  const project = await requireProject(session, options);
  const members = await api.members(project.id);
  await output.result(members, async () => {
    if (members.length > 0) return output.table(columns, members);
    output.note("No members: only administrators see the project.");
    return "";
  });
}

const columns: Column<ApiUser>[] = [
  { title: "EMAIL", value: ({ email }) => email },
  { title: "ROLE", value: ({ projects = [] }) => projects.map(({ group }) => group).join(", ") },
  { title: "LAST SEEN", value: ({ lastSeen }) => lastSeen ?? "never" },
];

export async function setMember(session: Session, { args, options }: Call<RoleOptions>): Promise<void> {
  const { api, output } = session;
  const { role } = options;
  const [email = ""] = args;
  const { id, name } = await requireProject(session, options);
  const known = findMember(await api.members(id), email);
  const member = known ? await api.changeMember(id, known.id ?? "", role) : await api.addMember(id, { email, role });
  await output.result(member, () => `${printable(member.email)} is one of the ${role} of ${printable(name)}.\n`);
}

export async function removeMember(session: Session, { args, options }: Call<ProjectChoice>): Promise<void> {
  const { api, output } = session;
  const [email = ""] = args;
  const { id, name } = await requireProject(session, options);
  const member = findMember(await api.members(id), email);
  if (!member) throw notFound(`"${email}" is no member of the project`);
  await api.removeMember(id, member.id ?? "");
  await output.result(member, () => `${printable(member.email)} is out of ${printable(name)}.\n`);
}

function findMember(members: readonly ApiUser[], email: string): ApiUser | undefined {
  return members.find((member) => member.email === email.trim().toLowerCase());
}
