import type { ProjectChoice } from "../../find.ts";

/** How a cluster is named on a command line that a person copies: its name if that is plain, else its id. */
export function addressOf(
  { id, name }: { id: string; name: string },
  { project }: ProjectChoice,
  projectId: string,
): string {
  const word = /^\w[\w.-]*$/.test(name) ? name : id;
  return project === undefined ? word : `${word} --project ${projectId}`;
}
