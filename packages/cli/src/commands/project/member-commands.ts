import { type Command, Option } from "commander";
import type { ProjectChoice } from "../../find.ts";
import type { ClientCommand } from "../client-command.ts";
import { examples, projectOption } from "../options.ts";

export interface RoleOptions extends ProjectChoice {
  role: string;
}

export interface TokenOptions extends ProjectChoice {
  expires?: string;
}

const allRoles = ["owners", "editors", "viewers", "projectmanagers"];
const rolesOfAccounts = allRoles.slice(1);

function roleOption(roles: readonly string[]): Option {
  return new Option("--role <role>", "what they may do").choices(roles).makeOptionMandatory();
}

/** `fairlead project members|groups|serviceaccounts …`: who may do what in a project. */
export function addMemberCommands(project: Command, client: ClientCommand): void {
  addMembers(project, client);
  addGroups(project, client);
  addServiceAccounts(project, client);
}

function addMembers(project: Command, client: ClientCommand): void {
  const members = project.command("members").description("People in a project");
  const emailArgument = ["<email>", "the address with which they sign in"] as const;

  members
    .command("list")
    .alias("ls")
    .description("List the members of a project")
    .addOption(projectOption())
    .addHelpText("after", examples("fairlead project members list --project team-a"))
    .action(client<ProjectChoice>(async (session, call) => (await import("./members.ts")).listMembers(session, call)));

  members
    .command("set")
    .description("Add somebody, who may never have signed in yet, or change what they may do")
    .argument(...emailArgument)
    .addOption(roleOption(allRoles))
    .addOption(projectOption())
    .addHelpText("after", examples("fairlead project members set ada@example.com --role editors"))
    .action(client<RoleOptions>(async (session, call) => (await import("./members.ts")).setMember(session, call)));

  members
    .command("remove")
    .alias("rm")
    .description("Take somebody out of a project; their kubeconfigs stay, see: fairlead cluster revoke")
    .argument(...emailArgument)
    .addOption(projectOption())
    .addHelpText("after", examples("fairlead project members remove ada@example.com"))
    .action(client<ProjectChoice>(async (session, call) => (await import("./members.ts")).removeMember(session, call)));
}

function addGroups(project: Command, client: ClientCommand): void {
  const groups = project.command("groups").description("Groups of the identity provider in a project");
  const groupArgument = ["<group>", "as the identity provider names it"] as const;

  groups
    .command("list")
    .alias("ls")
    .description("List what groups may do in a project")
    .addOption(projectOption())
    .addHelpText("after", examples("fairlead project groups list"))
    .action(client<ProjectChoice>(async (session, call) => (await import("./groups.ts")).listGroups(session, call)));

  groups
    .command("set")
    .description("Make a group members of a project, or change what they may do")
    .argument(...groupArgument)
    .addOption(roleOption(allRoles))
    .addOption(projectOption())
    .addHelpText("after", examples("fairlead project groups set platform-team --role viewers"))
    .action(client<RoleOptions>(async (session, call) => (await import("./groups.ts")).setGroup(session, call)));

  groups
    .command("remove")
    .alias("rm")
    .description("Take a group out of a project")
    .argument(...groupArgument)
    .addOption(projectOption())
    .addHelpText("after", examples("fairlead project groups remove platform-team"))
    .action(client<ProjectChoice>(async (session, call) => (await import("./groups.ts")).removeGroup(session, call)));
}

function addServiceAccounts(project: Command, client: ClientCommand): void {
  const accounts = project.command("serviceaccounts").description("Programs that are members of a project");
  const accountArgument = ["<account>", "its id, or its name"] as const;
  const load = () => import("./service-accounts.ts");

  accounts
    .command("list")
    .alias("ls")
    .description("List the service accounts of a project")
    .addOption(projectOption())
    .addHelpText("after", examples("fairlead project serviceaccounts list"))
    .action(client<ProjectChoice>(async (session, call) => (await load()).listServiceAccounts(session, call)));

  accounts
    .command("create")
    .description("Create a service account")
    .argument("<name>", "what people call it; unique in the project")
    .addOption(roleOption(rolesOfAccounts))
    .addOption(projectOption())
    .addHelpText("after", examples("fairlead project serviceaccounts create ci --role editors"))
    .action(client<RoleOptions>(async (session, call) => (await load()).createServiceAccount(session, call)));

  accounts
    .command("delete")
    .alias("rm")
    .description("Delete a service account with its tokens")
    .argument(...accountArgument)
    .addOption(projectOption())
    .addHelpText("after", examples("fairlead project serviceaccounts delete ci"))
    .action(client<ProjectChoice>(async (session, call) => (await load()).deleteServiceAccount(session, call)));

  accounts
    .command("tokens")
    .description("List the tokens of a service account, and when they were used last")
    .argument(...accountArgument)
    .addOption(projectOption())
    .addHelpText("after", examples("fairlead project serviceaccounts tokens ci"))
    .action(client<ProjectChoice>(async (session, call) => (await load()).listTokens(session, call)));

  accounts
    .command("create-token")
    .description("Make a token, and print it this once")
    .argument(...accountArgument)
    .argument("<token>", "what people call it; unique in the account")
    .option("--expires <time>", "RFC 3339, for example 2030-01-31T00:00:00Z; left out: in three years")
    .addOption(projectOption())
    .addHelpText("after", examples("fairlead project serviceaccounts create-token ci pipeline > token"))
    .action(client<TokenOptions>(async (session, call) => (await load()).createToken(session, call)));

  accounts
    .command("revoke-token")
    .description("Make a token useless")
    .argument(...accountArgument)
    .argument("<token>", "its id, or its name")
    .addOption(projectOption())
    .addHelpText("after", examples("fairlead project serviceaccounts revoke-token ci pipeline"))
    .action(client<ProjectChoice>(async (session, call) => (await load()).revokeToken(session, call)));
}
