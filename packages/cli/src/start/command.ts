import { renderProgress } from "@fairlead/components";
import { traceFields } from "@fairlead/kube";
import type { OidcSettings } from "@fairlead/server";
import pino, { type Logger } from "pino";
import { startTracing } from "../tracing.ts";
import { type Embedded, startEmbedded } from "./embedded.ts";
import { logFile } from "./log-file.ts";
import { StepDisplay } from "./step-display.ts";

export interface StartOptions {
  dataDirectory: string;
  port: number;
  oidc?: OidcSettings | undefined;
}

/** `fairlead start`: runs until it is interrupted, and ends every child before it returns. */
export async function startCommand({ dataDirectory, port, oidc }: StartOptions): Promise<void> {
  const interrupt = new AbortController();
  const onSignal = () => interrupt.abort(new Interrupted());
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  await using _tracing = await startTracing(process.env);
  const steps = new StepDisplay(process.stderr);
  const binaries = renderProgress();
  try {
    const embedded = await startEmbedded({
      dataDirectory,
      port,
      oidc,
      createLogger,
      onStep: (title) => steps.begin(title),
      onBinaryProgress: binaries.onProgress,
      signal: interrupt.signal,
    });
    await binaries.finish();
    steps.finish();
    process.stdout.write(summary(embedded));
    try {
      await Promise.race([embedded.done, aborted(interrupt.signal)]);
    } finally {
      steps.begin("Stopping");
      await embedded.stop();
      steps.finish();
    }
  } catch (error) {
    if (error instanceof Interrupted) return steps.cancel();
    steps.fail();
    await binaries.finish();
    throw error;
  } finally {
    process.off("SIGINT", onSignal);
    process.off("SIGTERM", onSignal);
  }
}

class Interrupted extends Error {
  override readonly name = "Interrupted";
}

function createLogger(file: string): Logger {
  return pino({ name: "fairlead", mixin: traceFields }, logFile(file));
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

function summary(embedded: Embedded): string {
  return `
Fairlead is ready. Everything runs on this machine, on loopback; nodes are simulated.

  Web UI           ${embedded.url}
  REST API         ${embedded.url}/api/docs
  Admin token      ${embedded.tokenFile}
  kubeconfig       ${embedded.managementKubeconfig}
  Log              ${embedded.logFile}

In another terminal:

  eval "$(npx fairlead env)"
  npx fairlead cluster create first --cni canal --wait

Press Ctrl-C to stop. Clusters are kept and come back at the next start.
`;
}
