import { ApiClient } from "@fairlead/api-client";
import { resolveConnection, type Surroundings } from "./connection/connection.ts";
import { Output, type OutputFormat } from "./output/output.ts";
import { printable } from "./output/printable.ts";

/** Options that every command has. */
export interface GlobalOptions {
  data?: string;
  url?: string;
  token?: string;
  output: OutputFormat;
}

/** The process around a command. */
export interface Runtime extends Surroundings {
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
}

/** What a command that talks to the server works with. */
export interface Session {
  api: ApiClient;
  output: Output;
  runtime: Runtime;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
}

export function openOutput(options: GlobalOptions, { stdout, stderr, env }: Runtime): Output {
  return new Output({ format: options.output, stdout, stderr, env });
}

export async function openSession(options: GlobalOptions, runtime: Runtime, signal: AbortSignal): Promise<Session> {
  const output = openOutput(options, runtime);
  const connection = await resolveConnection(options, runtime);
  const api = new ApiClient({
    ...connection,
    userAgent: "fairlead-cli",
    signal,
    onWarning: (text) => output.note(`Warning: ${printable(text)}`),
  });
  return { api, output, runtime, signal };
}
