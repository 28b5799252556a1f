import { setTimeout as sleep } from "node:timers/promises";
import { isTransient } from "@fairlead/api-client";
import type { ApiTemplateInstance } from "@fairlead/resources";
import { CommandError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import type { ProjectChoice } from "../../find.ts";
import { shortDuration } from "../../output/age.ts";
import { printable } from "../../output/printable.ts";
import { startProgress } from "../../output/progress.ts";
import type { Session } from "../../session.ts";
import type { Call } from "../client-command.ts";
import { type FoundTemplate, findTemplate } from "./find-template.ts";

export interface ApplyOptions extends ProjectChoice {
  count: number;
  wait?: boolean;
  timeout: number;
}

const pollMs = 500;

export async function applyTemplate(session: Session, { args, options }: Call<ApplyOptions>): Promise<void> {
  const { api, output } = session;
  const [text = ""] = args;
  const found = await findTemplate(session, text, options);
  const requested = await api.instantiateTemplate(found.projectId, found.template.id, options.count);
  const clusters = options.count === 1 ? "1 cluster" : `${options.count} clusters`;
  if (!options.wait) {
    await output.result(
      requested,
      () =>
        `${clusters} of template ${printable(found.template.name)} ${options.count === 1 ? "is" : "are"} being created.\n`,
    );
    if (output.format === "table") output.note("See them with: fairlead cluster list");
    return;
  }
  const instance = await untilTried(session, found, { name: requested.name, timeoutMs: options.timeout });
  await output.result(instance, () => described(instance));
  if (instance.status.refused > 0) throw refusal(instance);
}

function described({ status }: ApiTemplateInstance): string {
  const created = status.clusters.filter(({ state }) => state === "Created");
  return created.map(({ name, id = "" }) => `Cluster ${printable(name)} (${id}) is created.\n`).join("");
}

function refusal({ status, spec }: ApiTemplateInstance): CommandError {
  const details = status.clusters.flatMap(({ name, state, message = "" }) =>
    state === "Refused" ? [`${name}: ${message}`] : [],
  );
  const message = `${status.refused} of ${spec.replicas} clusters are refused; the server tries them again every minute:`;
  return new CommandError(exitCode.refused, message, { details });
}

/** Polls until each of the clusters is created or refused. @throws CommandError when the time is over, or at Ctrl-C */
async function untilTried(
  { api, output, signal }: Session,
  { projectId, template }: FoundTemplate,
  { name, timeoutMs }: { name: string; timeoutMs: number },
): Promise<ApiTemplateInstance> {
  const progress = await startProgress(`Creating clusters from "${printable(template.name)}"`, output.stderr);
  const deadline = Date.now() + timeoutMs;
  let told = 0;
  try {
    for (;;) {
      const seen = await api.templateInstance(projectId, template.id, name).catch(ifTransient);
      const clusters = seen?.status.clusters ?? [];
      const lines = clusters.slice(told).map((cluster) => `${printable(cluster.name)}: ${cluster.state.toLowerCase()}`);
      told = Math.max(told, clusters.length);
      progress.report(lines, `${told} tried`);
      if (seen && clusters.length >= seen.spec.replicas) return seen;
      if (Date.now() >= deadline) {
        const why = seen?.status.message ?? "the server does not answer";
        throw new CommandError(
          exitCode.timeout,
          `not all clusters are tried after ${shortDuration(timeoutMs)}: ${why}`,
        );
      }
      await sleep(Math.min(pollMs, Math.max(0, deadline - Date.now())), undefined, { signal });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    const code = signal.reason instanceof CommandError ? signal.reason.exitCode : exitCode.interrupted;
    throw new CommandError(code, "interrupted: the creation goes on in the server; see: fairlead cluster list");
  } finally {
    progress.stop();
  }
}

/** A server that restarts is waited for too. */
function ifTransient(error: unknown): undefined {
  if (!isTransient(error)) throw error;
  return undefined;
}
