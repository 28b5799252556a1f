import type { ApiCluster, ApiProject } from "@fairlead/resources";
import { CommandError, notFound, usageError } from "./command-error.ts";
import { exitCode } from "./exit-code.ts";
import { printable } from "./output/printable.ts";

export interface ProjectChoice {
  /** Id or name; may be left out while there is only one. */
  project?: string;
}

interface Named {
  id: string;
  name: string;
}

/** The one of `candidates` with this id or, if none, this name. @throws CommandError if there is none or several */
export function findByIdOrName<T extends Named>(kind: string, candidates: readonly T[], text: string): T {
  const byId = candidates.find(({ id }) => id === text);
  if (byId) return byId;
  const [found, ...others] = candidates.filter(({ name }) => name === text);
  if (!found) throw notFound(`${kind} "${text}" not found${known(candidates)}`);
  if (others.length > 0) {
    const ids = [found, ...others].map(({ id }) => id).join(", ");
    throw new CommandError(exitCode.error, `several ${kind}s are named "${text}": say which by its id: ${ids}`);
  }
  return found;
}

/** The project to work in; undefined if there is none at all and none was asked for. */
export function chooseProject(projects: readonly ApiProject[], asked: string | undefined): ApiProject | undefined {
  if (asked !== undefined) return findByIdOrName("project", projects, asked);
  if (projects.length > 1) {
    throw usageError(`say which project with --project${known(projects)}`);
  }
  return projects[0];
}

/** @throws CommandError if there is no such cluster in the project */
export function findCluster(
  project: ApiProject | undefined,
  clusters: readonly ApiCluster[],
  text: string,
): ApiCluster {
  if (!project) throw notFound(`cluster "${text}" not found: there is no project yet`);
  return findByIdOrName("cluster", clusters, text);
}

const mostListed = 10;

function known(candidates: readonly Named[]): string {
  if (candidates.length === 0) return "; there is none";
  const listed = candidates.slice(0, mostListed).map(({ id, name }) => `${printable(name)} (${id})`);
  return `; there are: ${listed.join(", ")}${candidates.length > mostListed ? ", …" : ""}`;
}
