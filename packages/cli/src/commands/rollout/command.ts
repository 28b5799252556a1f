import { type Command, InvalidArgumentError, Option } from "commander";
import type { ClientCommand } from "../client-command.ts";
import { collect, examples, integer } from "../options.ts";
import type { CreateOptions } from "./change.ts";

const nameArgument = ["<name>", "of the roll-out"] as const;

/** `fairlead rollout …` */
export function addRolloutCommands(program: Command, client: ClientCommand): void {
  const rollout = program
    .command("rollout")
    .description("Change the CNI of many clusters, its version or its Helm values, in waves");

  rollout
    .command("create")
    .description("Begin a roll-out")
    .argument(...nameArgument)
    .addOption(
      new Option("--cni <type>", "only clusters with this CNI").choices(["canal", "cilium"]).makeOptionMandatory(),
    )
    .option("--to <version>", "of the CNI; either this or --values")
    .option(
      "--values <file>",
      "only the Helm values to change, YAML or JSON, null takes a key away; - is standard input",
    )
    .option("--project <id>", "only clusters of this project; may be given several times", collect)
    .option("--datacenter <name>", "only clusters there; may be given several times", collect)
    .option("--label <key=value>", "only clusters with this label; may be given several times", label)
    .option(
      "--wave <size[:soak]>",
      "so many clusters, and how long they are watched before the next wave: 1:10m, 10%:1h, 50; the first is the canary",
      wave,
    )
    .option("--max-concurrent <n>", "clusters that are changed at once", integer(1, 1000))
    .option("--max-failures <n>", "clusters that may fail before no further one is begun", integer(0, 100_000))
    .option("--paused", "do not begin yet")
    .addHelpText(
      "after",
      examples(
        "fairlead rollout create canal-331 --cni canal --to v3.31",
        "fairlead rollout create cilium-119 --cni cilium --to 1.19.4 --label stage=test --wave 1:10m --wave 25%:1h",
        "fairlead rollout create hubble-on --cni cilium --values change.yaml",
      ),
    )
    .action(client<CreateOptions>(async (session, call) => (await import("./change.ts")).createRollout(session, call)));

  rollout
    .command("list")
    .alias("ls")
    .description("List the roll-outs")
    .addHelpText("after", examples("fairlead rollout list"))
    .action(client(async (session) => (await import("./show.ts")).listRollouts(session)));

  rollout
    .command("get")
    .description("Say how far a roll-out is, wave by wave, and what is in its way")
    .argument(...nameArgument)
    .addHelpText("after", examples("fairlead rollout get canal-331", "fairlead rollout get canal-331 -o yaml"))
    .action(client(async (session, call) => (await import("./show.ts")).showRollout(session, call)));

  for (const [verb, paused] of [
    ["pause", true],
    ["resume", false],
  ] as const) {
    rollout
      .command(verb)
      .description(paused ? "Begin no further cluster; those under way are finished" : "Go on with a roll-out")
      .argument(...nameArgument)
      .addHelpText("after", examples(`fairlead rollout ${verb} canal-331`))
      .action(client(async (session, call) => (await import("./change.ts")).pauseRollout(session, call, paused)));
  }

  rollout
    .command("delete")
    .alias("rm")
    .description("Delete a roll-out: clusters that are on their way get there, no further one is begun")
    .argument(...nameArgument)
    .addHelpText("after", examples("fairlead rollout delete canal-331"))
    .action(client(async (session, call) => (await import("./change.ts")).deleteRollout(session, call)));
}

function label(text: string, before: Record<string, string> = {}): Record<string, string> {
  const [, key = "", value = ""] = /^([^=]+)=(.*)$/.exec(text) ?? [];
  if (key === "") throw new InvalidArgumentError("Expected key=value.");
  return { ...before, [key]: value };
}

export interface Wave {
  clusters: string;
  soak?: string;
}

export function wave(text: string, before: readonly Wave[] = []): Wave[] {
  const [, clusters, soak] = /^(\d+%?)(?::([\d.hms]+))?$/.exec(text) ?? [];
  if (clusters === undefined)
    throw new InvalidArgumentError("Expected a size such as 5 or 10%, and a duration: 10%:1h.");
  return [...before, soak === undefined ? { clusters } : { clusters, soak }];
}
