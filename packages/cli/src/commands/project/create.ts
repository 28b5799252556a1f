import { setTimeout as sleep } from "node:timers/promises";
import type { ApiProject } from "@fairlead/resources";
import { CommandError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import { printable } from "../../output/printable.ts";
import type { Session } from "../../session.ts";
import type { Call } from "../client-command.ts";

export async function createProject(session: Session, { args }: Call<object>): Promise<void> {
  const [name = ""] = args;
  const project = await createActiveProject(session, name);
  await session.output.result(project, () => `Project ${printable(project.name)} (${project.id}) is created.\n`);
}

export async function createActiveProject(session: Session, name: string): Promise<ApiProject> {
  return waitForActive(session, await session.api.createProject(name));
}

const patienceMs = 30_000;
const intervalMs = 200;

/** Clusters can be created in a project only after the controller has set it up. @throws CommandError if it never does */
export async function waitForActive({ api, signal }: Session, project: ApiProject): Promise<ApiProject> {
  const deadline = Date.now() + patienceMs;
  for (let current = project; ; current = await api.project(project.id)) {
    const { name, status } = current;
    if (status === "Active") return current;
    if (status !== "") throw new CommandError(exitCode.error, `project "${name}" takes no clusters: it is ${status}`);
    if (Date.now() > deadline) {
      throw new CommandError(exitCode.timeout, `project "${name}" is not set up after ${patienceMs / 1000} s`);
    }
    await sleep(intervalMs, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}
