import { type Command, Option } from "commander";
import type { ProjectChoice } from "../../find.ts";
import type { ClientCommand } from "../client-command.ts";
import { clusterArgument, collect, examples, integer, projectOption, timeoutOption } from "../options.ts";
import { addChangeCommands } from "./change-commands.ts";
import type { CreateOptions } from "./create-request.ts";
import type { DeleteOptions } from "./delete.ts";
import type { KubeconfigOptions } from "./kubeconfig.ts";
import type { RevokeOptions } from "./revoke.ts";
import type { WaitOptions } from "./wait.ts";

/** `fairlead cluster …`: what each command takes. What it does is loaded when it is run. */
export function addClusterCommands(program: Command, client: ClientCommand): void {
  const cluster = program.command("cluster").description("Create and look after user clusters");
  addCreate(cluster, client);
  addChangeCommands(cluster, client);

  cluster
    .command("list")
    .alias("ls")
    .description("List the clusters of a project")
    .addOption(projectOption())
    .addHelpText("after", examples("fairlead cluster list", "fairlead cluster list -o json | jq -r '.[].id'"))
    .action(
      client<ProjectChoice>(async (session, { options }) => (await import("./list.ts")).listClusters(session, options)),
    );

  cluster
    .command("get")
    .description("Show one cluster: its network, the health of its components, its nodes")
    .argument(...clusterArgument)
    .addOption(projectOption())
    .addHelpText("after", examples("fairlead cluster get demo", "fairlead cluster get demo -o yaml"))
    .action(client<ProjectChoice>(async (session, call) => (await import("./get.ts")).getCluster(session, call)));

  cluster
    .command("events")
    .description("Show what happened to a cluster: what was decided, applied, changed and refused")
    .argument(...clusterArgument)
    .addOption(projectOption())
    .addHelpText("after", examples("fairlead cluster events demo", "fairlead cluster events demo -o json"))
    .action(client<ProjectChoice>(async (session, call) => (await import("./events.ts")).listEvents(session, call)));

  cluster
    .command("audit")
    .description("Show who did what to a cluster, and from where")
    .argument(...clusterArgument)
    .addOption(projectOption())
    .addHelpText("after", examples("fairlead cluster audit demo", "fairlead cluster audit demo -o json"))
    .action(client<ProjectChoice>(async (session, call) => (await import("./audit.ts")).listAudit(session, call)));

  cluster
    .command("delete")
    .alias("rm")
    .description("Delete a cluster with everything in it")
    .argument(...clusterArgument)
    .addOption(projectOption())
    .option("-y, --yes", "do not ask")
    .option("--wait", "return when it is gone")
    .addOption(timeoutOption())
    .addHelpText("after", examples("fairlead cluster delete demo", "fairlead cluster delete demo --yes --wait"))
    .action(client<DeleteOptions>(async (session, call) => (await import("./delete.ts")).deleteCluster(session, call)));

  cluster
    .command("wait")
    .description("Wait for a cluster to reach a state")
    .argument(...clusterArgument)
    .addOption(projectOption())
    .addOption(
      new Option(
        "--for <state>",
        "ready: every component of the control plane is up; nodes-ready: and every node is Ready; deleted: it is gone",
      )
        .choices(["ready", "nodes-ready", "deleted"])
        .default("ready"),
    )
    .addOption(timeoutOption())
    .addHelpText(
      "after",
      examples("fairlead cluster wait demo", "fairlead cluster wait demo --for nodes-ready --timeout 2m"),
    )
    .action(client<WaitOptions>(async (session, call) => (await import("./wait.ts")).waitCluster(session, call)));

  cluster
    .command("kubeconfig")
    .description("Print a kubeconfig of your own for a cluster, or write it to a file that only you can read")
    .argument(...clusterArgument)
    .addOption(projectOption())
    .option("--out <file>", "write it there, with mode 0600")
    .addHelpText(
      "after",
      examples(
        "fairlead cluster kubeconfig demo --out demo.kubeconfig",
        "kubectl --kubeconfig demo.kubeconfig get nodes",
      ),
    )
    .action(
      client<KubeconfigOptions>(async (session, call) =>
        (await import("./kubeconfig.ts")).writeKubeconfig(session, call),
      ),
    );

  cluster
    .command("revoke")
    .description("Make administrators' kubeconfigs of a cluster useless: everybody's, or one person's")
    .argument(...clusterArgument)
    .addOption(projectOption())
    .option("--user <email>", "only that person's")
    .option("--viewers", "those of viewers instead")
    .addHelpText(
      "after",
      examples("fairlead cluster revoke demo --user ada@example.com", "fairlead cluster revoke demo --viewers"),
    )
    .action(
      client<RevokeOptions>(async (session, call) => (await import("./revoke.ts")).revokeKubeconfigs(session, call)),
    );
}

function addCreate(cluster: Command, client: ClientCommand): void {
  cluster
    .command("create")
    .description("Create a cluster. What is left out is chosen by the server, and shown afterwards")
    .argument("<name>", "what people call it; unique in the project")
    .addOption(projectOption())
    .option("--template <id|name>", "a cluster template; what the other options say wins over it")
    .option("--datacenter <name>", 'where; left out: the only one, or the one named "local"')
    .option("--kubernetes-version <version>", "for example 1.36.3; left out: the server's default")
    .optionsGroup("Network:")
    .addOption(new Option("--cni <type>", "the CNI plugin").choices(["canal", "cilium", "none"]))
    .option("--cni-version <version>", "for example v3.31 (Canal) or 1.13.8 (Cilium)")
    .option("--cni-values <file>", "Helm values that a Cilium >= 1.13.0 starts with, YAML or JSON")
    .addOption(
      new Option("--proxy-mode <mode>", "how Services are realised").choices(["ipvs", "iptables", "nftables", "ebpf"]),
    )
    .addOption(new Option("--ip-family <family>", "single or dual stack").choices(["IPv4", "IPv4+IPv6"]))
    .option("--pods-cidr <cidr>", "repeatable: one for IPv4, one for IPv6", collect)
    .option("--services-cidr <cidr>", "repeatable: one for IPv4, one for IPv6", collect)
    .option("--node-cidr-mask-size-ipv4 <bits>", "size of each node's part of the pods range", integer(1, 128))
    .option("--node-cidr-mask-size-ipv6 <bits>", "the same for IPv6", integer(1, 128))
    .option("--konnectivity", "tunnel from the control plane to the nodes by Konnectivity")
    .option("--no-konnectivity", "without it")
    .option("--node-local-dns", "run NodeLocal DNSCache on the nodes")
    .option("--no-node-local-dns", "without it")
    .addOption(
      new Option("--expose-strategy <strategy>", "how the API server is reached").choices([
        "NodePort",
        "LoadBalancer",
        "Tunneling",
      ]),
    )
    .optionsGroup("Nodes:")
    .option("--nodes <count>", "nodes to begin with; left out: those of the template, without one 2", integer(0, 1000))
    .optionsGroup("Waiting:")
    .option("--wait", "return when the cluster and, unless they wait for a CNI of yours, its nodes are ready")
    .addOption(timeoutOption())
    .addHelpText(
      "after",
      examples(
        "fairlead cluster create demo --wait",
        "fairlead cluster create fast --cni cilium --konnectivity --proxy-mode ebpf",
        "fairlead cluster create dual --ip-family IPv4+IPv6 --pods-cidr 172.25.0.0/16,fd01::/48",
        "fairlead cluster create shop --template web --no-konnectivity",
        "fairlead cluster create own-cni --cni none --nodes 3 --wait",
      ),
    )
    .action(client<CreateOptions>(async (session, call) => (await import("./create.ts")).createCluster(session, call)));
}
