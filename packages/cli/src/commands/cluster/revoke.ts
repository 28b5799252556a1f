import { chooseProject, findCluster, type ProjectChoice } from "../../find.ts";
import type { Session } from "../../session.ts";
import type { Call } from "../client-command.ts";

export interface RevokeOptions extends ProjectChoice {
  user?: string;
  viewers?: boolean;
}

/** Makes kubeconfigs of a cluster useless that were handed out. */
export async function revokeKubeconfigs(
  { api, output }: Session,
  { args, options }: Call<RevokeOptions>,
): Promise<void> {
  const [text = ""] = args;
  const project = chooseProject(await api.projects(), options.project);
  const { id } = findCluster(project, project ? await api.clusters(project.id) : [], text);
  const { user, viewers = false } = options;
  const whose = { role: viewers ? "viewer" : "admin", ...(user === undefined ? {} : { user }) } as const;
  await api.revokeKubeconfigs({ project: project?.id ?? "", id }, whose);
  const owners = user === undefined ? `all ${viewers ? "viewers" : "administrators"}` : user;
  await output.result({ id, ...whose }, () => `The kubeconfigs of ${owners} are useless within ten seconds.\n`);
}
