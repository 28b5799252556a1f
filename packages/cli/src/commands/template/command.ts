import { type Command, Option } from "commander";
import type { ProjectChoice } from "../../find.ts";
import type { ClientCommand } from "../client-command.ts";
import { examples, integer, projectOption, timeoutOption } from "../options.ts";
import type { ApplyOptions } from "./apply.ts";
import type { CreateTemplateOptions } from "./create.ts";
import type { DeleteTemplateOptions } from "./delete.ts";

const templateArgument = ["<template>", "its id, or its name"] as const;
/** As the API takes. */
const mostClusters = 500;

/** `fairlead template …`: what each command takes. What it does is loaded when it is run. */
export function addTemplateCommands(program: Command, client: ClientCommand): void {
  const template = program
    .command("template")
    .description("Keep what clusters are to be like, and create clusters from it");

  template
    .command("list")
    .alias("ls")
    .description("List the cluster templates of a project, your own and those for everybody")
    .addOption(projectOption())
    .addHelpText("after", examples("fairlead template list"))
    .action(
      client<ProjectChoice>(async (session, call) => (await import("./list.ts")).listTemplates(session, call.options)),
    );

  template
    .command("get")
    .description("Show one cluster template")
    .argument(...templateArgument)
    .addOption(projectOption())
    .addHelpText("after", examples("fairlead template get web", "fairlead template get web -o yaml > web.yaml"))
    .action(client<ProjectChoice>(async (session, call) => (await import("./list.ts")).getTemplate(session, call)));

  template
    .command("create")
    .description("Keep a cluster template: of a cluster that there is, or from a file")
    .argument("[name]", "what people call it; left out: as in the file")
    .addOption(projectOption())
    .addOption(
      new Option("--scope <scope>", "who may use it: you, the project, or everybody (administrators only)").choices([
        "user",
        "project",
        "global",
      ]),
    )
    .option("--from-cluster <id|name>", "a cluster that is to be its model; its credentials are left out")
    .option("--nodes <count>", "first nodes of its clusters", integer(0, 1000))
    .option("--file <file>", "an exported template, or what `template get` prints, YAML or JSON")
    .addHelpText(
      "after",
      examples(
        "fairlead template create web --from-cluster demo",
        "fairlead template create --file web.yaml --scope global",
      ),
    )
    .action(
      client<CreateTemplateOptions>(async (session, call) =>
        (await import("./create.ts")).createTemplate(session, call),
      ),
    );

  template
    .command("apply")
    .description("Create clusters from a template, several at once")
    .argument(...templateArgument)
    .addOption(projectOption())
    .option("--count <clusters>", "how many", integer(1, mostClusters), 1)
    .option("--wait", "return when each of them is created or refused; they may still be starting then")
    .addOption(timeoutOption())
    .addHelpText("after", examples("fairlead template apply web", "fairlead template apply web --count 3 --wait"))
    .action(client<ApplyOptions>(async (session, call) => (await import("./apply.ts")).applyTemplate(session, call)));

  template
    .command("delete")
    .alias("rm")
    .description("Delete a cluster template; clusters that were made from it stay")
    .argument(...templateArgument)
    .addOption(projectOption())
    .option("-y, --yes", "do not ask")
    .addHelpText("after", examples("fairlead template delete web --yes"))
    .action(
      client<DeleteTemplateOptions>(async (session, call) =>
        (await import("./delete.ts")).deleteTemplate(session, call),
      ),
    );
}
