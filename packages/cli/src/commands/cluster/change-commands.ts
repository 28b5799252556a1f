import { type Command, Option } from "commander";
import type { ClientCommand } from "../client-command.ts";
import { clusterArgument, collect, examples, integer, projectOption, timeoutOption } from "../options.ts";
import type { ScaleOptions } from "./scale.ts";
import type { UpdateOptions } from "./update-patch.ts";
import type { UpgradeCniOptions } from "./upgrade-cni.ts";
import type { UpgradeNodesOptions } from "./upgrade-nodes.ts";

/** Commands that change a cluster: what each takes. What it does is loaded when it is run. */
export function addChangeCommands(cluster: Command, client: ClientCommand): void {
  cluster
    .command("update")
    .description("Change a cluster. What is left out stays as it is")
    .argument(...clusterArgument)
    .addOption(projectOption())
    .option("--name <name>", "what people call it; unique in the project")
    .option("--kubernetes-version <version>", "for example 1.36.3")
    .option("--label <key=value>", "repeatable; key- takes the label away", collect)
    .option("--dry-run", "check everything and show what would be, but change nothing")
    .optionsGroup("Network:")
    .addOption(
      new Option("--cni <type>", "another CNI plugin; needs label unsafe-cni-migration").choices([
        "canal",
        "cilium",
        "none",
      ]),
    )
    .option("--cni-version <version>", 'see "fairlead explain cluster <cluster> --versions"')
    .addOption(
      new Option("--proxy-mode <mode>", "another proxy mode; needs label unsafe-cni-migration").choices([
        "ipvs",
        "iptables",
        "nftables",
        "ebpf",
      ]),
    )
    .option("--konnectivity", "tunnel from the control plane to the nodes by Konnectivity")
    .option("--no-konnectivity", "without it")
    .addHelpText(
      "after",
      examples(
        "fairlead cluster update demo --cni-version v3.31",
        "fairlead cluster update demo --konnectivity --dry-run",
        "fairlead cluster update demo --label team=a --label old-",
      ),
    )
    .action(client<UpdateOptions>(async (session, call) => (await import("./update.ts")).updateCluster(session, call)));

  cluster
    .command("upgrade-cni")
    .description(
      "Bring a cluster's CNI to another version, one legal step after another; without options: say how far it is",
    )
    .argument(...clusterArgument)
    .addOption(projectOption())
    .addOption(new Option("--to <version>", "where to").conflicts(["pause", "resume", "stop"]))
    .addOption(new Option("--pause", "finish the step that is being taken, and wait").conflicts(["resume", "stop"]))
    .addOption(new Option("--resume", "go on").conflicts("stop"))
    .option("--stop", "finish the step that is being taken, and stay at its version")
    .option("--dry-run", "show the steps, but change nothing")
    .optionsGroup("Waiting:")
    .option("--wait", "return when it is at the version; fails if the upgrade does")
    .addOption(timeoutOption())
    .addHelpText(
      "after",
      examples(
        "fairlead cluster upgrade-cni demo --to 1.19.4 --dry-run",
        "fairlead cluster upgrade-cni demo --to 1.19.4 --wait",
        "fairlead cluster upgrade-cni demo --pause",
      ),
    )
    .action(
      client<UpgradeCniOptions>(async (session, call) => (await import("./upgrade-cni.ts")).upgradeCni(session, call)),
    );

  cluster
    .command("upgrade-nodes")
    .description("Bring the kubelets of all groups of nodes of a cluster to another version")
    .argument(...clusterArgument)
    .addOption(projectOption())
    .requiredOption("--to <version>", "not newer than the control plane, for example 1.36.3")
    .option("--dry-run", "check whether that can be, but change nothing")
    .addHelpText("after", examples("fairlead cluster upgrade-nodes demo --to 1.36.3"))
    .action(
      client<UpgradeNodesOptions>(async (session, call) =>
        (await import("./upgrade-nodes.ts")).upgradeNodes(session, call),
      ),
    );

  cluster
    .command("scale")
    .description("Set the number of a cluster's nodes")
    .argument(...clusterArgument)
    .addOption(projectOption())
    .addOption(
      new Option("--nodes <count>", "how many there shall be").argParser(integer(0, 5000)).makeOptionMandatory(),
    )
    .option("--machine-deployment <name>", "the group of nodes; may be left out while there is only one")
    .addHelpText("after", examples("fairlead cluster scale demo --nodes 3"))
    .action(client<ScaleOptions>(async (session, call) => (await import("./scale.ts")).scaleCluster(session, call)));
}
