import { setTimeout as sleep } from "node:timers/promises";
import { type ApiClient, type ClusterRef, type CniUpgradeChange, isTransient } from "@fairlead/api-client";
import type { ApiCniUpgrade } from "@fairlead/resources";
import { CommandError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import { chooseProject, findCluster, type ProjectChoice } from "../../find.ts";
import { shortDuration } from "../../output/age.ts";
import { printable } from "../../output/printable.ts";
import { startProgress } from "../../output/progress.ts";
import type { Session } from "../../session.ts";
import type { Call } from "../client-command.ts";
import { describeUpgrade, hasEnded, hasFailed, upgradeLine } from "./describe-upgrade.ts";

export interface UpgradeCniOptions extends ProjectChoice {
  to?: string;
  pause?: boolean;
  resume?: boolean;
  stop?: boolean;
  dryRun?: boolean;
  wait?: boolean;
  timeout: number;
}

const intervalMs = 1000;
/** What was before the request may still stand in the status for a moment. */
const failuresToBelieve = 3;

export async function upgradeCni(session: Session, { args, options }: Call<UpgradeCniOptions>): Promise<void> {
  const { api, output } = session;
  const [text = ""] = args;
  const project = chooseProject(await api.projects(), options.project);
  const { id, name } = findCluster(project, project ? await api.clusters(project.id) : [], text);
  const ref = { project: project?.id ?? "", id };
  const change = changeOf(options);
  let upgrade = change
    ? await api.changeCniUpgrade(ref, change, { dryRun: options.dryRun === true })
    : await api.cniUpgrade(ref);
  if (options.wait && !options.dryRun) upgrade = await waitForUpgrade(session, { ...ref, name }, options.timeout);
  await output.result(upgrade, () => describeUpgrade(upgrade, options.dryRun === true));
}

function changeOf({ to, pause, resume, stop }: UpgradeCniOptions): CniUpgradeChange | undefined {
  if (to !== undefined) return { method: "POST", body: { target: to } };
  if (pause || resume) return { method: "PATCH", body: { paused: pause === true } };
  return stop ? { method: "DELETE" } : undefined;
}

/** @throws CommandError if the upgrade fails, when the time is over, or at Ctrl-C */
async function waitForUpgrade(
  { api, output, signal }: Session,
  { name, ...ref }: ClusterRef & { name: string },
  timeoutMs: number,
): Promise<ApiCniUpgrade> {
  const progress = await startProgress(`Waiting for the CNI of cluster "${printable(name)}"`, output.stderr);
  const deadline = Date.now() + timeoutMs;
  let known = "";
  let failures = 0;
  try {
    for (;;) {
      const seen = await observe(api, ref);
      const line = seen ? upgradeLine(seen) : known;
      progress.report(line === known ? [] : [printable(line)], printable(line));
      known = line;
      failures = seen && hasFailed(seen) ? failures + 1 : 0;
      if (failures === failuresToBelieve) throw new CommandError(exitCode.error, `the CNI is not upgraded: ${line}`);
      if (seen && hasEnded(seen)) return seen;
      if (Date.now() >= deadline) {
        const waited = `the CNI of cluster "${name}" is not there yet after ${shortDuration(timeoutMs)}: ${line}`;
        throw new CommandError(exitCode.timeout, waited);
      }
      await sleep(intervalMs, undefined, { signal });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    const code = signal.reason instanceof CommandError ? signal.reason.exitCode : exitCode.interrupted;
    throw new CommandError(code, `interrupted: the upgrade goes on in the server`);
  } finally {
    progress.stop();
  }
}

/** A server that restarts is waited for too. */
async function observe(api: ApiClient, ref: ClusterRef): Promise<ApiCniUpgrade | undefined> {
  try {
    return await api.cniUpgrade(ref);
  } catch (error) {
    if (isTransient(error)) return undefined;
    throw error;
  }
}
