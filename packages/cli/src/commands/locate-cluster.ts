import type { ApiCluster } from "@fairlead/resources";
import { chooseProject, findCluster, type ProjectChoice } from "../find.ts";
import type { Session } from "../session.ts";

/** The cluster that is meant, and its project's id. @throws CommandError if there is none, or it is not clear which */
export async function locateCluster(
  { api }: Session,
  text: string,
  options: ProjectChoice,
): Promise<{ project: string; cluster: ApiCluster }> {
  const found = chooseProject(await api.projects(), options.project);
  const cluster = findCluster(found, found ? await api.clusters(found.id) : [], text);
  return { project: found?.id ?? "", cluster };
}
