import type { Command } from "commander";
import type { ClientCommand } from "../client-command.ts";
import { clusterArgument, collect, examples, projectOption } from "../options.ts";
import type { ChangeAddonOptions } from "./change.ts";
import type { RemoveAddonOptions } from "./remove.ts";

const addonArgument = ["<add-on>", 'its name; see "fairlead addon list <cluster>"'] as const;

/** `fairlead addon …` */
export function addAddonCommands(program: Command, client: ClientCommand): void {
  const addon = program.command("addon").description("Install add-ons in clusters, and remove them");

  addon
    .command("list")
    .alias("ls")
    .description("List the add-ons of a cluster: those installed, and those that can be")
    .argument(...clusterArgument)
    .addOption(projectOption())
    .addHelpText("after", examples("fairlead addon list demo", "fairlead addon list demo -o json"))
    .action(client(async (session, call) => (await import("./list.ts")).listAddons(session, call)));

  addon
    .command("install")
    .description("Install an add-on in a cluster")
    .argument(...clusterArgument)
    .argument(...addonArgument)
    .addOption(projectOption())
    .option("--set <variable=value>", "of the add-on, repeatable", collect)
    .option("--keep", "undo changes that others make to its objects")
    .addHelpText(
      "after",
      examples(
        "fairlead addon install demo multus --keep",
        "fairlead addon install demo multus --set multus.logLevel=debug",
      ),
    )
    .action(
      client<ChangeAddonOptions>(async (session, call) => (await import("./change.ts")).installAddon(session, call)),
    );

  addon
    .command("update")
    .description("Change an add-on of a cluster. What is left out stays as it is")
    .argument(...clusterArgument)
    .argument(...addonArgument)
    .addOption(projectOption())
    .option("--set <variable=value>", "of the add-on, repeatable; replaces all its variables", collect)
    .option("--keep", "undo changes that others make to its objects")
    .option("--no-keep", "leave them")
    .addHelpText("after", examples("fairlead addon update demo multus --set multus.namespaceIsolation=true"))
    .action(
      client<ChangeAddonOptions>(async (session, call) => (await import("./change.ts")).updateAddon(session, call)),
    );

  addon
    .command("remove")
    .alias("rm")
    .description("Remove an add-on from a cluster, with its objects")
    .argument(...clusterArgument)
    .argument(...addonArgument)
    .addOption(projectOption())
    .option("-y, --yes", "do not ask")
    .addHelpText("after", examples("fairlead addon remove demo multus --yes"))
    .action(
      client<RemoveAddonOptions>(async (session, call) => (await import("./remove.ts")).removeAddon(session, call)),
    );
}
