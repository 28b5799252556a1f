import type { Command } from "commander";
import type { ClientCommand } from "../client-command.ts";
import { examples } from "../options.ts";
import { addMemberCommands } from "./member-commands.ts";

/** `fairlead project …` */
export function addProjectCommands(program: Command, client: ClientCommand): void {
  const project = program.command("project").description("Group clusters into projects");

  project
    .command("create")
    .description("Create a project")
    .argument("<name>", "what people call it")
    .addHelpText("after", examples("fairlead project create team-a"))
    .action(client(async (session, call) => (await import("./create.ts")).createProject(session, call)));

  project
    .command("list")
    .alias("ls")
    .description("List the projects")
    .addHelpText("after", examples("fairlead project list", "fairlead project list -o yaml"))
    .action(client(async (session) => (await import("./list.ts")).listProjects(session)));

  project
    .command("delete")
    .alias("rm")
    .description("Delete a project with all its clusters")
    .argument("<project>", "its id, or its name")
    .option("-y, --yes", "do not ask")
    .addHelpText("after", examples("fairlead project delete team-a --yes"))
    .action(client(async (session, call) => (await import("./delete.ts")).deleteProject(session, call)));

  addMemberCommands(project, client);
}
