import { type Command, Option } from "commander";
import type { ProjectChoice } from "../../find.ts";
import type { ClientCommand } from "../client-command.ts";
import { clusterArgument, examples, projectOption, timeoutOption } from "../options.ts";
import type { DeleteOptions } from "./delete.ts";
import type { EditOptions } from "./edit.ts";
import type { InstallOptions } from "./install.ts";
import type { InstallationChoice } from "./target.ts";

/** `fairlead application …` */
export function addApplicationCommands(program: Command, client: ClientCommand): void {
  const application = program.command("application").alias("app").description("Install applications in user clusters");

  application
    .command("available")
    .description("List the applications that there are, with their versions")
    .addHelpText("after", examples("fairlead application available"))
    .action(client(async (session) => (await import("./available.ts")).listDefinitions(session)));

  application
    .command("list")
    .alias("ls")
    .description("List the applications of a cluster")
    .argument(...clusterArgument)
    .addOption(projectOption())
    .addHelpText("after", examples("fairlead application list demo"))
    .action(
      client<ProjectChoice>(async (session, call) => (await import("./list.ts")).listApplications(session, call)),
    );

  application
    .command("install")
    .description("Install an application in a cluster")
    .argument(...clusterArgument)
    .argument("<application>", "its name in `fairlead application available`")
    .addOption(projectOption())
    .option("--app-version <version>", "left out: the last one of the definition")
    .option("--name <name>", "of the installation; left out: the application's")
    .option("--namespace <namespace>", "where to install it; left out: one of the installation's name")
    .option("--values <file>", "Helm values, YAML or JSON; left out: the definition's")
    .option("--wait", "return when it is ready")
    .addOption(timeoutOption())
    .addHelpText(
      "after",
      examples(
        "fairlead application install demo ingress --values ingress.yaml --wait",
        "fairlead application install demo my-cni --namespace kube-system",
      ),
    )
    .action(
      client<InstallOptions>(async (session, call) => (await import("./install.ts")).installApplication(session, call)),
    );

  application
    .command("get")
    .description("Show an application of a cluster: its state and its values")
    .argument(...clusterArgument)
    .argument("<name>", "of the installation")
    .addOption(projectOption())
    .addOption(namespaceOption())
    .addHelpText(
      "after",
      examples("fairlead application get demo cilium", "fairlead application get demo cilium -o yaml"),
    )
    .action(
      client<InstallationChoice>(async (session, call) => (await import("./get.ts")).getApplication(session, call)),
    );

  application
    .command("edit")
    .description("Change an application of a cluster; without options its values, in $EDITOR")
    .argument(...clusterArgument)
    .argument("<name>", "of the installation")
    .addOption(projectOption())
    .addOption(namespaceOption())
    .option("--app-version <version>", "install this one instead")
    .option("--values <file>", "Helm values, YAML or JSON, in place of all that there are")
    .addHelpText(
      "after",
      examples("fairlead application edit demo cilium", "fairlead application edit demo ingress --app-version 1.1.0"),
    )
    .action(client<EditOptions>(async (session, call) => (await import("./edit.ts")).editApplication(session, call)));

  application
    .command("delete")
    .alias("rm")
    .description("Remove an application from a cluster")
    .argument(...clusterArgument)
    .argument("<name>", "of the installation")
    .addOption(projectOption())
    .addOption(namespaceOption())
    .option("-y, --yes", "do not ask")
    .addHelpText("after", examples("fairlead application delete demo ingress --yes"))
    .action(
      client<DeleteOptions>(async (session, call) => (await import("./delete.ts")).deleteApplication(session, call)),
    );
}

function namespaceOption(): Option {
  return new Option("--namespace <namespace>", "of the installation; may be left out while only one has the name");
}
