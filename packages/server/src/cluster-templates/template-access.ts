import {
  type ClusterTemplate,
  clusterTemplateType,
  projectLabel,
  type TemplateScope,
  templateScopeLabel,
  templateUserAnnotation,
} from "@fairlead/resources";
import type { FastifyRequest } from "fastify";
import type { ApiContext } from "../api-context.ts";
import { userOf } from "../authentication/authenticate.ts";
import type { AuthenticatedUser } from "../authentication/authenticator.ts";
import { hasRole } from "../authorization/authorize.ts";
import { forbidden, notFound } from "../http/api-error.ts";
import { signalOf } from "../http/request-signal.ts";
import { readableProject } from "../projects/project-access.ts";

export interface TemplatesParams {
  project_id: string;
}

export interface TemplateParams extends TemplatesParams {
  template_id: string;
}

/** Those of the project, the user's own, and those for everybody. @throws ApiError like `readableProject` */
export async function readableTemplates(
  context: ApiContext,
  request: FastifyRequest,
  { project_id: project }: TemplatesParams,
): Promise<ClusterTemplate[]> {
  await readableProject(context, request, project);
  const { items } = await context.management.list(clusterTemplateType, { signal: signalOf(request) });
  return items.filter((template) => isVisible(template, userOf(request), project));
}

/** @throws ApiError 404 if there is none that the user may know of */
export async function readableTemplate(
  context: ApiContext,
  request: FastifyRequest,
  { project_id: project, template_id: id }: TemplateParams,
): Promise<ClusterTemplate> {
  await readableProject(context, request, project);
  const template = await context.management.find(clusterTemplateType, { name: id }, { signal: signalOf(request) });
  if (!template) throw notFound("cluster template", id);
  if (isVisible(template, userOf(request), project)) return template;
  throw notFound("cluster template", id);
}

/** One that the user may change. @throws ApiError like {@link readableTemplate}; 403 if only administrators may */
export async function writableTemplate(
  context: ApiContext,
  request: FastifyRequest,
  params: TemplateParams,
): Promise<ClusterTemplate> {
  const template = await readableTemplate(context, request, params);
  requireScope(request, scopeOf(template));
  return template;
}

/** @throws ApiError 403 if the user may not keep templates of that scope */
export function requireScope(request: FastifyRequest, scope: TemplateScope | undefined): void {
  if (scope === "global" && !userOf(request).isAdmin) {
    throw forbidden("templates of scope global are kept by administrators");
  }
  if (scope === "project" && !hasRole(request, "owners", "editors", "projectmanagers")) {
    throw forbidden("templates of scope project are not kept by viewers");
  }
}

export function scopeOf({ metadata }: ClusterTemplate): TemplateScope | undefined {
  return metadata.labels?.[templateScopeLabel] as TemplateScope | undefined;
}

function isVisible(template: ClusterTemplate, user: AuthenticatedUser, project: string): boolean {
  const { labels, annotations } = template.metadata;
  const scope = scopeOf(template);
  switch (scope) {
    case "global":
      return true;
    case "project":
      return labels?.[projectLabel] === project;
    case "user":
      return annotations?.[templateUserAnnotation] === user.email;
    case "seed": // Operators keep them by kubectl; they hold without anybody's doing.
    case undefined:
      return false;
  }
}
