import type { Command } from "commander";
import { Interruption } from "../interruption.ts";
import { type GlobalOptions, openSession, type Runtime, type Session } from "../session.ts";

export interface Call<Options> {
  /** The command's arguments. */
  args: string[];
  options: Options;
}

/** Makes a commander action of what talks to the server. Options arrive as the command declares them. */
export type ClientCommand = <Options extends object>(
  run: (session: Session, call: Call<Options>) => Promise<void>,
) => (...parameters: unknown[]) => Promise<void>;

export function clientCommand(runtime: Runtime): ClientCommand {
  return (run) =>
    async (...parameters) => {
      const command = parameters.at(-1) as Command;
      using interruption = new Interruption();
      const session = await openSession(command.optsWithGlobals<GlobalOptions>(), runtime, interruption.signal);
      await run(session, { args: command.processedArgs, options: command.opts() });
    };
}
