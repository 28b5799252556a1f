import {
  type ApiGroupBinding,
  apiGroupBindingSchema,
  emptyAnswerSchema,
  type GroupProjectBinding,
  groupBindingRequestSchema,
  groupProjectBindingType,
  projectType,
  structuralSchema,
} from "@fairlead/resources";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { ApiContext } from "../api-context.ts";
import { userOf } from "../authentication/authenticate.ts";
import { hasRole } from "../authorization/authorize.ts";
import { fieldSelector } from "../authorization/memberships.ts";
import { badRequest, forbidden, invalidObject, notFound } from "../http/api-error.ts";
import { objectBody } from "../http/json-body.ts";
import { dryRunQuery, fieldValidationQuery, isDryRun } from "../http/query.ts";
import { signalOf } from "../http/request-signal.ts";
import { shapeErrors } from "../http/shape-errors.ts";
import { reportUnknownFields } from "../http/unknown-field-policy.ts";
import { newObjectId } from "../object-id.ts";
import { describeRoute } from "../openapi/describe-route.ts";
import { readableProject, writableProject } from "../projects/project-access.ts";

interface BindingsParams {
  project_id: string;
}

interface BindingParams extends BindingsParams {
  binding_name: string;
}

const tag = "Members";
const collection = "/api/v2/projects/:project_id/groupbindings";
const item = `${collection}/:binding_name`;
const requestFields = structuralSchema(groupBindingRequestSchema);
const longestGroup = 256;

/** What whole groups of the identity provider are in a project. */
export function groupBindingRoutes(app: FastifyInstance, context: ApiContext): void {
  const { management } = context;

  const list = describeRoute({
    tag,
    summary: "List what groups of the identity provider are in a project",
    answers: { 200: z.array(apiGroupBindingSchema) },
  });
  app.get<{ Params: BindingsParams }>(collection, { schema: list }, async (request) => {
    await readableProject(context, request, request.params.project_id);
    const bindings = await bindingsOf(context, request);
    return bindings.map(toApiGroupBinding).sort((a, b) => (a.group < b.group ? -1 : 1));
  });

  const get = describeRoute({
    tag,
    summary: "Show what a group is in a project",
    answers: { 200: apiGroupBindingSchema },
  });
  app.get<{ Params: BindingParams }>(item, { schema: get }, async (request) =>
    toApiGroupBinding(await existing(context, request)),
  );

  const writing = { tag, query: { ...dryRunQuery, ...fieldValidationQuery }, body: groupBindingRequestSchema } as const;
  const create = describeRoute({
    ...writing,
    summary: "Make a group of the identity provider members of a project",
    answers: { 201: apiGroupBindingSchema },
  });
  app.post<{ Params: BindingsParams }>(collection, { schema: create }, async (request, reply) => {
    const { group: text, role } = parse(request, reply);
    const group = acceptGroup(text);
    requireOther(request, group);
    const { metadata } = await writableProject(context, request, request.params.project_id);
    const projectID = request.params.project_id;
    if ((await bindingsOf(context, request)).some(({ spec }) => spec.group === group)) {
      throw badRequest(`group "${group}" is bound to project ${projectID} already`);
    }
    const { apiVersion, kind } = projectType;
    const ownerReferences = [{ apiVersion, kind, name: projectID, uid: metadata.uid ?? "" }];
    const binding = { metadata: { name: newObjectId(), ownerReferences }, spec: { group, projectID, role } };
    const options = { fieldManager: "fairlead", dryRun: isDryRun(request.query) };
    const stored = await management.create(groupProjectBindingType, binding, options);
    return reply.code(201).send(toApiGroupBinding(stored));
  });

  const change = describeRoute({
    ...writing,
    summary: "Change what a group may do in a project",
    answers: { 200: apiGroupBindingSchema },
  });
  app.patch<{ Params: BindingParams }>(item, { schema: change }, async (request, reply) => {
    const { group, role } = parse(request, reply);
    const { metadata, spec } = await existing(context, request);
    if (group !== undefined && group !== spec.group) {
      throw badRequest(`group: Forbidden: it stays "${spec.group}": bind the other one, and remove this binding`);
    }
    requireOther(request, spec.group);
    const options = { fieldManager: "fairlead", dryRun: isDryRun(request.query) };
    const ref = { name: metadata.name ?? "" };
    return toApiGroupBinding(await management.mergePatch(groupProjectBindingType, ref, { spec: { role } }, options));
  });

  const remove = describeRoute({
    tag,
    summary: "Take a group out of a project",
    query: dryRunQuery,
    answers: { 200: emptyAnswerSchema },
  });
  app.delete<{ Params: BindingParams }>(item, { schema: remove }, async (request) => {
    const { metadata, spec } = await existing(context, request);
    requireOther(request, spec.group);
    const options = { preconditions: { uid: metadata.uid ?? "" }, dryRun: isDryRun(request.query) };
    await management.deleteIfExists(groupProjectBindingType, { name: metadata.name ?? "" }, options);
    return {};
  });
}

async function bindingsOf(
  { management }: ApiContext,
  request: FastifyRequest<{ Params: BindingsParams }>,
): Promise<GroupProjectBinding[]> {
  const selector = fieldSelector({ "spec.projectID": request.params.project_id });
  const options = { fieldSelector: selector, signal: signalOf(request) };
  const { items } = await management.list(groupProjectBindingType, options);
  return items.filter(({ metadata }) => !metadata.deletionTimestamp);
}

/** @throws ApiError 404 if the project has no such binding, whether or not another one has */
async function existing(context: ApiContext, request: FastifyRequest<{ Params: BindingParams }>) {
  const { project_id: projectId, binding_name: name } = request.params;
  await readableProject(context, request, projectId);
  const binding = await context.management.find(groupProjectBindingType, { name }, { signal: signalOf(request) });
  if (binding?.spec.projectID !== projectId || binding.metadata.deletionTimestamp)
    throw notFound("group binding", name);
  return binding;
}

/** Only owners decide what a group is that they belong to: nobody else raises themselves. @throws ApiError 403 */
function requireOther(request: FastifyRequest, group: string): void {
  if (!userOf(request).groups.includes(group) || hasRole(request, "owners")) return;
  throw forbidden(`you belong to group "${group}": what it is in the project is for an owner to say`);
}

function parse(request: FastifyRequest<{ Params: BindingsParams }>, reply: FastifyReply) {
  const body = objectBody(request.body);
  reportUnknownFields(requestFields, body, { request, reply });
  const parsed = groupBindingRequestSchema.safeParse(body, { reportInput: true });
  if (!parsed.success) throw invalidObject("group binding", shapeErrors(parsed.error));
  const { projectID, ...wanted } = parsed.data;
  if (projectID !== undefined && projectID !== "" && projectID !== request.params.project_id) {
    throw badRequest(`projectID: Invalid value: "${projectID}": expected that of the address`);
  }
  return wanted;
}

/** @throws ApiError 400 */
function acceptGroup(text = ""): string {
  const group = text.trim();
  // Kubernetes' own are no members of projects: `system:authenticated` is everybody.
  if (group !== "" && group.length <= longestGroup && !group.startsWith("system:")) return group;
  const message = "expected the name of a group as the identity provider says it";
  throw invalidObject("group binding", [{ reason: "FieldValueInvalid", field: "group", value: text, message }]);
}

function toApiGroupBinding({ metadata, spec: { group, projectID, role } }: GroupProjectBinding): ApiGroupBinding {
  return { name: metadata.name ?? "", group, projectID, role };
}
