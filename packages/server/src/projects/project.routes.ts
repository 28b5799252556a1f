import {
  apiProjectSchema,
  createProjectRequestSchema,
  emptyAnswerSchema,
  type Project,
  projectType,
  structuralSchema,
} from "@fairlead/resources";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { ApiContext } from "../api-context.ts";
import { userOf } from "../authentication/authenticate.ts";
import { badRequest, invalidObject } from "../http/api-error.ts";
import { objectBody } from "../http/json-body.ts";
import { dryRunQuery, fieldValidationQuery, isDryRun } from "../http/query.ts";
import { signalOf } from "../http/request-signal.ts";
import { retryConflicts } from "../http/retry-conflicts.ts";
import { shapeErrors } from "../http/shape-errors.ts";
import { reportUnknownFields } from "../http/unknown-field-policy.ts";
import { addMember } from "../members/bindings.ts";
import { acceptEmail } from "../members/email.ts";
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
    const user = userOf(request);
    const signal = signalOf(request);
    const { items } = await management.list(projectType, { signal });
    const mine = user.isAdmin ? undefined : await context.memberships.read(user, signal);
    const visible = mine ? items.filter(({ metadata }) => mine.has(metadata.name ?? "")) : items;
    return visible.map(toApiProject).sort((a, b) => a.name.localeCompare(b.name) || a.id.localeCompare(b.id));
  });

  const writing = {
    tag,
    query: { ...dryRunQuery, ...fieldValidationQuery },
    body: createProjectRequestSchema,
  } as const;
  const create = describeRoute({
    ...writing,
    summary: "Create a project, and own it",
    description: "Those under users own it, too.",
    answers: { 201: apiProjectSchema },
  });
  app.post("/api/v1/projects", { schema: create }, async (request, reply) => {
    const { name, labels, owners } = parse(request, reply);
    const project: Project = { metadata: { name: newObjectId(), labels }, spec: { name } };
    const options = { fieldManager: "fairlead", dryRun: isDryRun(request.query) };
    const created = await management.create(projectType, project, options);
    if (!options.dryRun) await addOwners(context, created, owners);
    return reply.code(201).send(toApiProject(created));
  });

  const put = describeRoute({
    ...writing,
    summary: "Rename a project, and replace its labels",
    answers: { 200: apiProjectSchema },
  });
  app.put<ProjectParams>("/api/v1/projects/:project_id", { schema: put }, async (request, reply) => {
    const { name, labels } = parse(request, reply);
    const options = { fieldManager: "fairlead", dryRun: isDryRun(request.query) };
    return retryConflicts(`project "${request.params.project_id}"`, async () => {
      const stored = await readableProject(context, request, request.params.project_id);
      const project: Project = { ...stored, metadata: { ...stored.metadata, labels }, spec: { ...stored.spec, name } };
      return toApiProject(await management.replace(projectType, project, options));
    });
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

/** @throws ApiError 400 with everything that is wrong */
function parse(request: FastifyRequest, reply: FastifyReply) {
  const body = objectBody(request.body);
  reportUnknownFields(requestSchema, body, { request, reply });
  const parsed = createProjectRequestSchema.safeParse(body, { reportInput: true });
  if (!parsed.success) throw invalidObject("project", shapeErrors(parsed.error));
  const { labels, users = [] } = parsed.data;
  const name = parsed.data.name.trim();
  if (name === "") throw badRequest("name: Required value: the project's name must not be empty");
  const user = userOf(request);
  const owners = new Set(users.map((email, index) => acceptEmail(email, `users[${index}]`)));
  if (user.kind === "person") owners.add(user.email);
  if (user.kind === "service-account" && owners.size === 0) {
    throw badRequest("users: Required value: a service account names who is to own the project");
  }
  return { name, labels, owners: [...owners] };
}

/** A project that nobody could use is taken back. */
async function addOwners({ management }: ApiContext, project: Project, owners: readonly string[]): Promise<void> {
  try {
    for (const email of owners) await addMember(management, project, { email, role: "owners" });
  } catch (error) {
    await management.deleteIfExists(projectType, { name: project.metadata.name ?? "" });
    throw error;
  }
}
