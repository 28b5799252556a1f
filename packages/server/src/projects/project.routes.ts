import {
  apiProjectSchema,
  createProjectRequestSchema,
  emptyAnswerSchema,
  type Project,
  projectType,
  structuralSchema,
} from "@fairlead/resources";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { ApiContext } from "../api-context.ts";
import { userOf } from "../authentication/authenticate.ts";
import { badRequest, forbidden, invalidObject } from "../http/api-error.ts";
import { objectBody } from "../http/json-body.ts";
import { dryRunQuery, fieldValidationQuery, isDryRun } from "../http/query.ts";
import { signalOf } from "../http/request-signal.ts";
import { shapeErrors } from "../http/shape-errors.ts";
import { reportUnknownFields } from "../http/unknown-field-policy.ts";
import { addWarnings } from "../http/warnings.ts";
import { newObjectId } from "../object-id.ts";
import { describeRoute } from "../openapi/describe-route.ts";
import { toApiProject } from "./api-project.ts";
import { readableProject } from "./project-access.ts";

interface ProjectParams {
  Params: { project_id: string };
}

const tag = "Projects";
const requestSchema = structuralSchema(createProjectRequestSchema);

export function projectRoutes(app: FastifyInstance, context: ApiContext): void {
  const { management } = context;

  const list = describeRoute({
    tag,
    summary: "List the projects that one may see, by name",
    answers: { 200: z.array(apiProjectSchema) },
  });
  app.get("/api/v1/projects", { schema: list }, async (request) => {
    if (!userOf(request).isAdmin) return [];
    const { items } = await management.list(projectType, { signal: signalOf(request) });
    return items.map(toApiProject).sort((a, b) => a.name.localeCompare(b.name) || a.id.localeCompare(b.id));
  });

  const create = describeRoute({
    tag,
    summary: "Create a project",
    query: { ...dryRunQuery, ...fieldValidationQuery },
    body: createProjectRequestSchema,
    answers: { 201: apiProjectSchema },
  });
  app.post("/api/v1/projects", { schema: create }, async (request, reply) => {
    const user = userOf(request);
    if (!user.isAdmin) throw forbidden(`"${user.email}" may not create projects`);
    const body = objectBody(request.body);
    reportUnknownFields(requestSchema, body, { request, reply });
    const parsed = createProjectRequestSchema.safeParse(body, { reportInput: true });
    if (!parsed.success) throw invalidObject("project", shapeErrors(parsed.error));
    const name = parsed.data.name.trim();
    if (name === "") throw badRequest("name: Required value: the project's name must not be empty");
    if (parsed.data.users?.length)
      addWarnings(reply, ["users: members of projects are not supported yet, none was added"]);
    const project: Project = { metadata: { name: newObjectId(), labels: parsed.data.labels }, spec: { name } };
    const created = await management.create(projectType, project, {
      fieldManager: "fairlead",
      dryRun: isDryRun(request.query),
    });
    return reply.code(201).send(toApiProject(created));
  });

  const get = describeRoute({ tag, summary: "Show a project", answers: { 200: apiProjectSchema } });
  app.get<ProjectParams>("/api/v1/projects/:project_id", { schema: get }, async (request) =>
    toApiProject(await readableProject(context, request, request.params.project_id)),
  );

  const remove = describeRoute({
    tag,
    summary: "Delete a project with all its clusters",
    query: dryRunQuery,
    answers: { 200: emptyAnswerSchema },
  });
  app.delete<ProjectParams>("/api/v1/projects/:project_id", { schema: remove }, async (request) => {
    const { metadata } = await readableProject(context, request, request.params.project_id);
    await management.delete(
      projectType,
      { name: metadata.name ?? "" },
      { propagationPolicy: "Background", dryRun: isDryRun(request.query) },
    );
    return {};
  });
}
