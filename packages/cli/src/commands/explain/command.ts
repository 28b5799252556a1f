import type { Command } from "commander";
import type { ClientCommand } from "../client-command.ts";
import { clusterArgument, examples, projectOption } from "../options.ts";
import type { ExplainOptions } from "./explain-cluster.ts";

/** `fairlead explain …`: what each command takes. What it does is loaded when it is run. */
export function addExplainCommands(program: Command, client: ClientCommand): void {
  program
    .command("explain")
    .description("Say why something is as it is, and what would make it otherwise")
    .command("cluster")
    .description("Explain a cluster's network: where each value comes from, and where its CNI can go")
    .argument(...clusterArgument)
    .addOption(projectOption())
    .option("--versions", "the versions of its CNI: which can be reached, how, and what would make the others legal")
    .addHelpText("after", examples("fairlead explain cluster demo", "fairlead explain cluster demo --versions -o yaml"))
    .action(
      client<ExplainOptions>(async (session, call) =>
        (await import("./explain-cluster.ts")).explainCluster(session, call),
      ),
    );
}
