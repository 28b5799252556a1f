import { setTimeout as sleep } from "node:timers/promises";
import { applicationReason, applicationState, isTransient } from "@fairlead/api-client";
import type { ApiApplicationInstallation } from "@fairlead/resources";
import { CommandError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import { shortDuration } from "../../output/age.ts";
import { printable } from "../../output/printable.ts";
import { startProgress } from "../../output/progress.ts";
import type { Session } from "../../session.ts";
import type { ClusterTarget } from "./target.ts";

const intervalMs = 1000;

/** Polls until the application is ready; what fails may still succeed, since the server tries again. @throws CommandError */
export async function waitForApplication(
  { api, output, signal }: Session,
  { project, cluster }: ClusterTarget,
  { namespace, name, timeoutMs }: { namespace: string; name: string; timeoutMs: number },
): Promise<ApiApplicationInstallation> {
  const progress = await startProgress(`Waiting for application "${printable(name)}" to be ready`, output.stderr);
  const deadline = Date.now() + timeoutMs;
  let before = "";
  try {
    for (;;) {
      const seen = await api.application(project, cluster.id, { namespace, name }).catch((error: unknown) => {
        if (isTransient(error)) return undefined;
        throw error;
      });
      if (seen && applicationState(seen.status) === "Ready") return seen;
      const now = seen
        ? [applicationState(seen.status), applicationReason(seen.status)].filter(Boolean).join(": ")
        : "no answer";
      progress.report(now === before ? [] : [now], now);
      before = now;
      if (Date.now() >= deadline) {
        throw new CommandError(
          exitCode.timeout,
          `application "${name}" is not ready after ${shortDuration(timeoutMs)}: ${now}`,
        );
      }
      await sleep(intervalMs, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  } finally {
    progress.stop();
  }
}
