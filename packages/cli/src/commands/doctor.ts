import { diagnose, type Finding, gatherFacts } from "@fairlead/components";
import { CommandError } from "../command-error.ts";
import { dataDirectory } from "../connection/connection.ts";
import { readInstance } from "../connection/instance.ts";
import { exitCode } from "../exit-code.ts";
import type { Output } from "../output/output.ts";
import type { Column, Tone } from "../output/table.ts";
import { type GlobalOptions, openOutput, type Runtime } from "../session.ts";

/** @throws CommandError if something is missing that Fairlead cannot start without; the findings are printed before */
export async function runDoctor(options: GlobalOptions & { port: number }, runtime: Runtime): Promise<void> {
  const output = openOutput(options, runtime);
  const directory = dataDirectory(options, runtime);
  // Its own port is in use while it runs, and that is as it should be.
  const running = await readInstance(directory).catch(() => undefined);
  const ports = running && URL.parse(running.url)?.port === String(options.port) ? [] : [options.port];
  const findings = diagnose(await gatherFacts({ directories: [directory], ports }));
  await output.result(findings, () => report(findings, output));
  const blocking = findings.filter((finding) => finding.blocking).map(({ what }) => what);
  if (blocking.length > 0) {
    throw new CommandError(exitCode.error, `fairlead cannot start before this is put right: ${blocking.join(", ")}`);
  }
  if (output.format === "table") output.note("Nothing stands in the way of: fairlead start");
}

async function report(findings: readonly Finding[], output: Output): Promise<string> {
  const table = await output.table(columns, findings);
  const advice = findings
    .filter(({ howToGet }) => howToGet !== "")
    .map(({ what, howToGet }) => `${what}: ${howToGet}\n`);
  return advice.length > 0 ? `${table}\n${advice.join("")}` : table;
}

const columns: Column<Finding>[] = [
  { title: "WHAT", value: ({ what }) => what },
  { title: "STATUS", value: stateOf, tone: toneOf },
  { title: "WANTED", value: ({ wanted }) => wanted },
  { title: "FOUND", value: ({ found }) => found },
];

function stateOf({ status, blocking }: Finding): string {
  if (status === "ok") return "ok";
  return blocking ? "blocking" : "advice";
}

function toneOf({ status, blocking }: Finding): Tone {
  if (status === "ok") return "good";
  return blocking ? "bad" : "pending";
}
