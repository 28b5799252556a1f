import { ComponentError } from "../errors.ts";
import type { Child } from "./child.ts";
import type { LogFile } from "./log-file.ts";
import { describeExit, type ProcessSpec } from "./spec.ts";

const reportedLines = 8;

/**
 * Waits for the spec's `ready`. Throws `process-exited` or `process-not-ready` with the log lines that matter, or the
 * reason of `signal` once that aborts.
 */
export async function becomeReady(
  child: Child,
  spec: ProcessSpec,
  context: { log: LogFile; signal: AbortSignal },
): Promise<void> {
  if (!spec.ready) return;
  const gone = new AbortController();
  void child.exited.then(() => gone.abort());
  const timeout = AbortSignal.timeout(spec.readyTimeoutMs);
  const signal = AbortSignal.any([context.signal, gone.signal, timeout]);
  try {
    await Promise.race([spec.ready(signal), rejectWhenAborted(signal)]);
    if (!child.exit) return;
  } catch (cause) {
    context.signal.throwIfAborted();
    if (!child.exit) throw notReady(spec, { cause, log: context.log, timedOut: timeout.aborted });
  }
  throw new ComponentError(
    "process-exited",
    `${spec.name} ${describeExit(child.exit)} before it was ready; its log is ${spec.logFile}`,
    { details: context.log.tellingLines(reportedLines) },
  );
}

function notReady(spec: ProcessSpec, found: { cause: unknown; log: LogFile; timedOut: boolean }): ComponentError {
  const { cause, log, timedOut } = found;
  const why = timedOut
    ? `was not ready within ${spec.readyTimeoutMs / 1000} s`
    : `cannot become ready: ${cause instanceof Error ? cause.message : String(cause)}`;
  return new ComponentError("process-not-ready", `${spec.name} ${why}; its log is ${spec.logFile}`, {
    details: log.tellingLines(reportedLines),
    cause,
  });
}

function rejectWhenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const fail = () => reject(signal.reason);
    if (signal.aborted) fail();
    else signal.addEventListener("abort", fail, { once: true });
  });
}
