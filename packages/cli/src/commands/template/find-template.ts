import type { ApiClusterTemplate } from "@fairlead/resources";
import { notFound } from "../../command-error.ts";
import { chooseProject, findByIdOrName, type ProjectChoice } from "../../find.ts";
import type { Session } from "../../session.ts";

export interface FoundTemplate {
  projectId: string;
  template: ApiClusterTemplate;
}

/** @throws CommandError if the project has no such template */
export async function findTemplate({ api }: Session, text: string, options: ProjectChoice): Promise<FoundTemplate> {
  const project = chooseProject(await api.projects(), options.project);
  if (!project) throw notFound(`template "${text}" not found: there is no project yet`);
  return { projectId: project.id, template: findByIdOrName("template", await api.templates(project.id), text) };
}
