import { type Command, Option } from "commander";
import { Interruption } from "../../interruption.ts";
import type { Runtime } from "../../session.ts";
import { collect, examples } from "../options.ts";

/** `fairlead charts …` */
export function addChartCommands(program: Command, runtime: Runtime): void {
  program
    .command("charts")
    .description("Copy the charts that clusters need to a registry of your own")
    .command("mirror")
    .description("Push all charts of the catalogue to an OCI registry, or list the images that they need")
    .option("--to <url>", "the registry and folder: oci://registry.example.com/helm-charts")
    .option("--images", "print the images that the charts need, one a line; without --to nothing is pushed")
    .option(
      "--from <url>",
      "where Cilium's charts are, oci:// or https:// (default: as Fairlead is configured, else its default repository)",
    )
    .option("--username <name>", "for --to, with --password-stdin")
    .option("--password-stdin", "read the password for --to from standard input")
    .option(
      "--registry-config <file>",
      "logins for --to and --from, as `helm registry login` and `docker login` write them",
    )
    .option("--ca-file <file>", "PEM of the authorities that vouch for --to")
    .option("--plain-http", "--to speaks HTTP without TLS")
    .option("--insecure-skip-tls-verify", "do not check the certificate of --to")
    .option("--from-ca-file <file>", "PEM of the authorities that vouch for --from")
    .option("--from-plain-http", "--from speaks HTTP without TLS")
    .addOption(
      new Option(
        "--catalogue <name>",
        "whose Cilium versions (default: as Fairlead is configured, else current)",
      ).choices(["2.20", "2.21", "2.22", "current"]),
    )
    .option("--kubernetes-version <version>", "whose images to list (default: all that Fairlead can run)", collect)
    .addHelpText(
      "after",
      examples(
        "fairlead charts mirror --to oci://registry.example.com/helm-charts --username joe --password-stdin < password",
        "fairlead charts mirror --images",
      ),
    )
    .action(async (_options: object, command: Command) => {
      using interruption = new Interruption();
      const { mirrorCharts } = await import("./mirror.ts");
      await mirrorCharts(command.optsWithGlobals(), { runtime, signal: interruption.signal });
    });
}
