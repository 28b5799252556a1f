import { hostname } from "node:os";
import { Command, CommanderError, Option } from "commander";
import { addAddonCommands } from "./commands/addon/command.ts";
import { addApplicationCommands } from "./commands/application/command.ts";
import { addChartCommands } from "./commands/charts/command.ts";
import { clientCommand } from "./commands/client-command.ts";
import { addClusterCommands } from "./commands/cluster/command.ts";
import { addCniCommands } from "./commands/cni/command.ts";
import { addExplainCommands } from "./commands/explain/command.ts";
import { examples, integer } from "./commands/options.ts";
import { addProjectCommands } from "./commands/project/command.ts";
import { addRolloutCommands } from "./commands/rollout/command.ts";
import { addTemplateCommands } from "./commands/template/command.ts";
import { dataDirectory } from "./connection/connection.ts";
import { type ExitCode, exitCode, exitCodeHelp } from "./exit-code.ts";
import { listener, type ManagerFlags, origin } from "./manager/options.ts";
import type { GlobalOptions, Runtime } from "./session.ts";
import { addOidcOptions, type OidcFlags, oidcSettings } from "./sign-in/server-flags.ts";
import { version } from "./version.ts";

const defaultPort = 8080;

/**
 * All commands and their options. What a command does is loaded when it is run, so that `--help` and completion stay fast.
 * Parsing throws `CommanderError` instead of ending the process.
 */
export function createProgram(runtime: Runtime): Command {
  const program = new Command("fairlead");
  program
    .description("Kubernetes user clusters whose network is right on the first day, and stays right")
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => runtime.stdout.write(text),
      writeErr: (text) => runtime.stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, "Error: ")),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError("Add --help to see how it is used.")
    .option("--data <directory>", "data of the embedded mode (default: $FAIRLEAD_DATA, else .fairlead)")
    .option("--url <url>", "the server (default: $FAIRLEAD_URL, else the instance that runs on the data)")
    .option("--token <token>", "bearer token (default: $FAIRLEAD_TOKEN, else that instance's admin token)")
    .addOption(
      new Option("-o, --output <format>", "of results, on standard output")
        .choices(["table", "json", "yaml"])
        .default("table"),
    )
    .addHelpText(
      "after",
      `${examples(...firstSteps)}\n${exitCodeHelp}\n\nFAIRLEAD_DEBUG=1 adds stack traces to errors.\n`,
    );
  addLocalCommands(program, runtime);
  const client = clientCommand(runtime);
  addProjectCommands(program, client);
  addClusterCommands(program, client);
  addTemplateCommands(program, client);
  addAddonCommands(program, client);
  addCniCommands(program, client);
  addExplainCommands(program, client);
  addApplicationCommands(program, client);
  addChartCommands(program, runtime);
  addRolloutCommands(program, client);
  return program;
}

const firstSteps = [
  "fairlead start",
  "fairlead cluster create demo --cni canal --wait",
  'eval "$(fairlead env)"',
  "fairlead cluster kubeconfig demo --out demo.kubeconfig",
];

/** Those that work on this machine and need no server. */
function addLocalCommands(program: Command, runtime: Runtime): void {
  addOidcOptions(program.command("start"))
    .description("Run Fairlead on this machine, until Ctrl-C: management API, manager, REST API, chart registry")
    .option("--port <port>", "of the REST API on 127.0.0.1", integer(1, 65_535), defaultPort)
    .addHelpText("after", examples("fairlead start", "fairlead start --data /var/lib/fairlead --port 9090"))
    .action(async (_options: object, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions & OidcFlags & { port: number }>();
      const { startCommand } = await import("./start/command.ts");
      const oidc = await oidcSettings(command.opts<OidcFlags>(), `http://127.0.0.1:${options.port}`);
      await startCommand({ dataDirectory: dataDirectory(options, runtime), port: options.port, oidc });
    });

  addManagerCommand(program, runtime);
  addSignInCommands(program, runtime);

  program
    .command("backup")
    .description("Write all data of `fairlead start` into one file, while it does not run")
    .argument("<file>", "to be written: a compressed archive, with private keys in it")
    .addHelpText("after", examples("fairlead backup fairlead-backup.tgz"))
    .action(async (file: string, _options: object, command: Command) => {
      const { backupCommand } = await import("./backup/command.ts");
      await backupCommand(file, command.optsWithGlobals(), runtime);
    });

  program
    .command("restore")
    .description("Make the data of `fairlead start` out of a backup; what is there already is not touched")
    .argument("<file>", "that `fairlead backup` wrote")
    .addHelpText("after", examples("fairlead restore fairlead-backup.tgz", "fairlead restore b.tgz --data .other"))
    .action(async (file: string, _options: object, command: Command) => {
      const { restoreCommand } = await import("./backup/command.ts");
      await restoreCommand(file, command.optsWithGlobals(), runtime);
    });

  program
    .command("doctor")
    .description("Say what this machine lacks for running Fairlead, and how to get it")
    .option("--port <port>", "that `fairlead start` would use", integer(1, 65_535), defaultPort)
    .addHelpText("after", examples("fairlead doctor", "fairlead doctor -o json"))
    .action(async (_options: object, command: Command) => {
      const { runDoctor } = await import("./commands/doctor.ts");
      await runDoctor(command.optsWithGlobals(), runtime);
    });

  program
    .command("rules")
    .description(
      "Ask the network rules: one JSON request a line on standard input, one JSON answer a line on standard output",
    )
    .addOption(
      new Option("--catalogue <name>", "of CNI versions")
        .choices(["2.20", "2.21", "2.22", "current"])
        .default("current"),
    )
    .addHelpText(
      "after",
      examples(
        `echo '{"op":"default-network","provider":"aws","spec":{"cniPlugin":{"type":"cilium"}}}' | fairlead rules`,
        "fairlead rules --catalogue 2.22 < requests.jsonl > answers.jsonl",
      ),
    )
    .action(async (_options: object, command: Command) => {
      const { filterRules } = await import("./rules/command.ts");
      await filterRules(command.opts(), runtime);
    });

  program
    .command("env")
    .description("Print what a shell needs to use the running instance: FAIRLEAD_URL, FAIRLEAD_TOKEN, KUBECONFIG, PATH")
    .addOption(
      new Option("--shell <shell>", "whose syntax; bash is that of every POSIX shell")
        .choices(["bash", "fish"])
        .default("bash"),
    )
    .addHelpText("after", examples('eval "$(fairlead env)"', "fairlead env --shell fish | source"))
    .action(async (_options: object, command: Command) => {
      const { printEnvironment } = await import("./commands/env.ts");
      await printEnvironment(command.optsWithGlobals(), runtime);
    });
}

function addSignInCommands(program: Command, runtime: Runtime): void {
  program
    .command("login")
    .description("Sign in to a server with its identity provider, in a browser of this machine")
    .addHelpText("after", examples("fairlead login --url https://fairlead.example.com"))
    .action(async (_options: object, command: Command) => {
      const { login } = await import("./sign-in/login.ts");
      await login(command.optsWithGlobals(), runtime);
    });

  program
    .command("logout")
    .description("Forget the sign-in to a server, there and here")
    .addHelpText("after", examples("fairlead logout --url https://fairlead.example.com"))
    .action(async (_options: object, command: Command) => {
      const { logout } = await import("./sign-in/login.ts");
      await logout(command.optsWithGlobals(), runtime);
    });
}

/** What the chart `charts/fairlead` runs. */
function addManagerCommand(program: Command, runtime: Runtime): void {
  addOidcOptions(program.command("manager"))
    .description("Run one replica of Fairlead in a Kubernetes cluster, until SIGTERM; the Helm chart starts it")
    .option("--kubeconfig <file>", "of the management API (default: as the pod's ServiceAccount)")
    .option("--service-account <directory>", "holds token and ca.crt", "/var/run/secrets/kubernetes.io/serviceaccount")
    .option("--namespace <name>", "of Fairlead itself: lease, webhook keys", "kubermatic")
    .option("--identity <name>", "of this replica, unique", hostname())
    .option("--worker-name <name>", "works on clusters with this label worker-name only (default: those without)", "")
    .option("--cache <directory>", "for charts and helm; may be empty", "/var/cache/fairlead")
    .option("--charts <directory>", "with the add-on charts (default: those that Fairlead comes with)")
    .addOption(new Option("--web <directory>", "with the built web UI (default: none is served)").env("FAIRLEAD_WEB"))
    .requiredOption("--admin-token-file <file>", "the administrator's bearer token for the REST API")
    .option("--api-listen <address>", "of the REST API", listener, listener("0.0.0.0:8080"))
    .option("--webhook-listen <address>", "of the admission webhooks", listener, listener("0.0.0.0:9443"))
    .option("--metrics-listen <address>", "of /metrics, /livez and /readyz", listener, listener("0.0.0.0:8085"))
    .option("--webhook-service <name>", "Service of the admission webhooks in the namespace", "fairlead-webhook")
    .option(
      "--webhook-url <url>",
      "under which API servers elsewhere reach the webhooks; needed for other seeds",
      origin,
    )
    .option(
      "--pod-label <name=value>",
      "of Fairlead's pods, which API servers may call",
      "app.kubernetes.io/name=fairlead",
    )
    .addOption(
      new Option("--log-level <level>", "of the JSON lines on standard output")
        .choices(["trace", "debug", "info", "warn", "error"])
        .default("info"),
    )
    .action(async (options: ManagerFlags) => {
      const { managerCommand } = await import("./manager/command.ts");
      await managerCommand(options, runtime.env);
    });
}

/** Help and version that were asked for are no errors; everything else that commander throws is wrong usage. */
export function usageExitCode(error: unknown): ExitCode | undefined {
  if (!(error instanceof CommanderError)) return undefined;
  return error.exitCode === 0 ? exitCode.ok : exitCode.usage;
}
