import { type Command, Option } from "commander";
import type { ClientCommand } from "../client-command.ts";
import { clusterArgument, collect, examples, projectOption } from "../options.ts";
import type { SetValuesOptions } from "./set-values.ts";
import type { ValuesOptions } from "./values.ts";

/** `fairlead cni …`: what each command takes. What it does is loaded when it is run. */
export function addCniCommands(program: Command, client: ClientCommand): void {
  const cni = program
    .command("cni")
    .description("Look after the CNI of a cluster that comes as application (Cilium 1.13 and newer)");

  cni
    .command("values")
    .description("Show the Helm values of a cluster's CNI, each with where it comes from")
    .argument(...clusterArgument)
    .addOption(projectOption())
    .addOption(
      new Option("--layer <layer>", "repeatable: only what comes from there; left out: all but the chart's own")
        .argParser(collect)
        .default(undefined),
    )
    .addHelpText(
      "after",
      examples(
        "fairlead cni values demo",
        "fairlead cni values demo --layer user,managed",
        "fairlead cni values demo -o yaml",
      ),
    )
    .action(client<ValuesOptions>(async (session, call) => (await import("./values.ts")).showValues(session, call)));

  cni
    .command("set-values")
    .description("Replace the Helm values of a cluster's CNI. Shows what changes; managed keys must stay as they are")
    .argument(...clusterArgument)
    .addOption(projectOption())
    .requiredOption(
      "-f, --file <file>",
      "the whole document, YAML or JSON, - is standard input; begin with that of `fairlead cni values -o yaml`",
    )
    .option("--dry-run", "only show what would change")
    .addHelpText("after", examples("fairlead cni set-values demo -f values.yaml --dry-run"))
    .action(
      client<SetValuesOptions>(async (session, call) => (await import("./set-values.ts")).setValues(session, call)),
    );
}
