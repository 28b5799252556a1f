import { setTimeout as sleep } from "node:timers/promises";
import { traceFields } from "@fairlead/kube";
import pino, { type Logger } from "pino";
import { CommandError } from "../command-error.ts";
import { exitCode } from "../exit-code.ts";
import { startTracing } from "../tracing.ts";
import type { ManagerFlags } from "./options.ts";
import { runManager } from "./run-manager.ts";

/** Shorter than the grace period of a pod. */
const longestStopMs = 25_000;

/** `fairlead manager`: one replica of an installation in a Kubernetes cluster, until SIGTERM. */
export async function managerCommand(flags: ManagerFlags, env: NodeJS.ProcessEnv): Promise<void> {
  await using _tracing = await startTracing(env);
  const logger: Logger = pino({ name: "fairlead", level: flags.logLevel, mixin: traceFields });
  const interrupt = new AbortController();
  const onSignal = () => interrupt.abort(new Error("asked to stop"));
  process.once("SIGINT", onSignal);
  process.once("SIGTERM", onSignal);
  try {
    await runManager(flags, { env, logger, signal: interrupt.signal });
  } catch (error) {
    if (interrupt.signal.aborted) return;
    logger.fatal({ err: error }, "Ending");
    throw new CommandError(exitCode.error, error instanceof Error ? error.message : String(error), { cause: error });
  } finally {
    process.off("SIGINT", onSignal);
    process.off("SIGTERM", onSignal);
    // Whatever still holds a connection must not hold the lease's successor up.
    void sleep(longestStopMs, undefined, { ref: false }).then(() => process.exit());
  }
}
