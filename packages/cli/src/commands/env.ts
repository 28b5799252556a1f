import { delimiter } from "node:path";
import { CommandError } from "../command-error.ts";
import { dataDirectory } from "../connection/connection.ts";
import { readInstance, readToken } from "../connection/instance.ts";
import { exitCode } from "../exit-code.ts";
import type { GlobalOptions, Runtime } from "../session.ts";
import { exportStatements, type Shell } from "../shell/quote.ts";

/** Prints all of it or nothing: a shell evaluates what comes out. */
export async function printEnvironment(options: GlobalOptions & { shell: Shell }, runtime: Runtime): Promise<void> {
  const instance = await readInstance(dataDirectory(options, runtime));
  const { url, managementKubeconfig, binDirectory } = instance;
  const token = await readToken(instance);
  if (binDirectory.includes(delimiter)) {
    throw new CommandError(exitCode.error, `${binDirectory} cannot stand in PATH: it contains "${delimiter}"`);
  }
  const variables = { FAIRLEAD_URL: url, FAIRLEAD_TOKEN: token, KUBECONFIG: managementKubeconfig };
  const statements = exportStatements(variables, binDirectory, options.shell);
  runtime.stdout.write(statements.map((statement) => `${statement}\n`).join(""));
}
