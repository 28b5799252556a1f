import type { ApiServiceAccount, ApiServiceAccountToken } from "@fairlead/resources";
import { findByIdOrName, type ProjectChoice } from "../../find.ts";
import { printable } from "../../output/printable.ts";
import type { Column } from "../../output/table.ts";
import type { Session } from "../../session.ts";
import type { Call } from "../client-command.ts";
import type { RoleOptions, TokenOptions } from "./member-commands.ts";
import { requireProject } from "./members.ts";

export async function listServiceAccounts(session: Session, { options }: Call<ProjectChoice>): Promise<void> {
  const { api, output } = session;
  const accounts = await api.serviceAccounts((await requireProject(session, options)).id);
  await output.result(accounts, async () => {
    if (accounts.length > 0) return output.table(accountColumns, accounts);
    output.note("No service accounts. Create one: fairlead project serviceaccounts create <name> --role editors");
    return "";
  });
}

const accountColumns: Column<ApiServiceAccount>[] = [
  { title: "NAME", value: ({ name }) => name },
  { title: "ID", value: ({ id }) => id },
  { title: "ROLE", value: ({ group }) => group.split("-")[0] ?? "" },
];

export async function createServiceAccount(session: Session, { args, options }: Call<RoleOptions>): Promise<void> {
  const [name = ""] = args;
  const project = await requireProject(session, options);
  const account = await session.api.createServiceAccount(project.id, { name, group: options.role });
  await session.output.result(account, () => `Service account ${printable(name)} (${account.id}) is created.\n`);
}

export async function deleteServiceAccount(session: Session, call: Call<ProjectChoice>): Promise<void> {
  const { project, account } = await findAccount(session, call);
  await session.api.deleteServiceAccount(project, account.id);
  await session.output.result(account, () => `Service account ${printable(account.name)} is deleted.\n`);
}

export async function listTokens(session: Session, call: Call<ProjectChoice>): Promise<void> {
  const { output, api } = session;
  const { project, account } = await findAccount(session, call);
  const tokens = await api.serviceAccountTokens(project, account.id);
  await output.result(tokens, async () => {
    if (tokens.length > 0) return output.table(tokenColumns, tokens);
    output.note("No tokens.");
    return "";
  });
}

const tokenColumns: Column<ApiServiceAccountToken>[] = [
  { title: "NAME", value: ({ name }) => name },
  { title: "ID", value: ({ id }) => id },
  { title: "EXPIRES", value: ({ expiry, invalidated }) => (invalidated ? `${expiry} (it is over)` : expiry) },
  { title: "LAST USED", value: ({ lastUsed }) => lastUsed ?? "never" },
];

export async function createToken(session: Session, call: Call<TokenOptions>): Promise<void> {
  const { project, account } = await findAccount(session, call);
  const { expires: expiry } = call.options;
  const body = { name: call.args[1] ?? "", ...(expiry === undefined ? {} : { expiry }) };
  const token = await session.api.createServiceAccountToken(project, account.id, body);
  await session.output.result(token, () => `${token.token ?? ""}\n`);
  session.output.note(`It is good until ${token.expiry}, and is not shown again.`);
}

export async function revokeToken(session: Session, call: Call<ProjectChoice>): Promise<void> {
  const { project, account } = await findAccount(session, call);
  const tokens = await session.api.serviceAccountTokens(project, account.id);
  const token = findByIdOrName("token", tokens, call.args[1] ?? "");
  await session.api.revokeServiceAccountToken(project, account.id, token.id);
  await session.output.result(token, () => `Token ${printable(token.name)} is revoked.\n`);
}

async function findAccount(session: Session, { args, options }: Call<ProjectChoice>) {
  const { id: project } = await requireProject(session, options);
  const accounts = await session.api.serviceAccounts(project);
  return { project, account: findByIdOrName("service account", accounts, args[0] ?? "") };
}
