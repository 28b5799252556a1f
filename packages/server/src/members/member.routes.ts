import {
  apiUserSchema,
  emptyAnswerSchema,
  memberRequestSchema,
  type ProjectRole,
  projectRoles,
  roleOfGroup,
  serviceAccountPrefix,
  structuralSchema,
  type UserProjectBinding,
} from "@fairlead/resources";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { ApiContext } from "../api-context.ts";
import { userOf } from "../authentication/authenticate.ts";
import { badRequest, forbidden, invalidObject, notFound } from "../http/api-error.ts";
import { objectBody } from "../http/json-body.ts";
import { dryRunQuery, fieldValidationQuery, isDryRun } from "../http/query.ts";
import { signalOf } from "../http/request-signal.ts";
import { shapeErrors } from "../http/shape-errors.ts";
import { reportUnknownFields } from "../http/unknown-field-policy.ts";
import { describeRoute } from "../openapi/describe-route.ts";
import { readableProject, writableProject } from "../projects/project-access.ts";
import { membershipOf, toApiUser } from "../users/api-user.ts";
import { userId } from "../users/user-directory.ts";
import { addMember, bindingsOf, changeRole, removeBindings } from "./bindings.ts";
import { acceptEmail } from "./email.ts";

interface MembersParams {
  project_id: string;
}

interface MemberParams extends MembersParams {
  user_id: string;
}

const tag = "Members";
const collection = "/api/v1/projects/:project_id/users";
const requestFields = structuralSchema(memberRequestSchema);

/** Who belongs to a project. Somebody can be added before their first sign-in: the address is the invitation. */
export function memberRoutes(app: FastifyInstance, context: ApiContext): void {
  const { management } = context;

  const list = describeRoute({
    tag,
    summary: "List the members of a project, by e-mail address",
    answers: { 200: z.array(apiUserSchema) },
  });
  app.get<{ Params: MembersParams }>(collection, { schema: list }, async (request) => {
    const { project_id: projectId } = request.params;
    await readableProject(context, request, projectId);
    const bindings = (await bindingsOf(management, { projectId }, signalOf(request))).filter(isOfPerson);
    const members = await Promise.all(bindings.map((binding) => toMember(context, binding, request)));
    return members.sort((a, b) => (a.email < b.email ? -1 : 1));
  });

  const writing = { tag, query: { ...dryRunQuery, ...fieldValidationQuery }, body: memberRequestSchema } as const;
  const create = describeRoute({
    ...writing,
    summary: "Add a member to a project",
    answers: { 201: apiUserSchema },
  });
  app.post<{ Params: MembersParams }>(collection, { schema: create }, async (request, reply) => {
    const { role, email: text } = parse(request, reply);
    const email = acceptEmail(text ?? "", "email");
    requireOther(request, email);
    const project = await writableProject(context, request, request.params.project_id);
    const projectId = request.params.project_id;
    if ((await bindingsOf(management, { projectId, email }, signalOf(request))).length > 0) {
      throw badRequest(`"${email}" is a member of project ${projectId} already`);
    }
    const binding = await addMember(management, project, { email, role }, { dryRun: isDryRun(request.query) });
    return reply.code(201).send(await toMember(context, binding, request));
  });

  const replace = describeRoute({
    ...writing,
    summary: "Change what a member may do",
    answers: { 200: apiUserSchema },
  });
  app.put<{ Params: MemberParams }>(`${collection}/:user_id`, { schema: replace }, async (request, reply) => {
    const { role } = parse(request, reply);
    const bindings = await existing(context, request);
    await changeRole(management, bindings, { role, dryRun: isDryRun(request.query) });
    const email = bindings[0]?.spec.userEmail ?? "";
    const user = await context.users.find(email, signalOf(request));
    return toApiUser({ email, user }, [{ id: request.params.project_id, group: role }]);
  });

  const remove = describeRoute({
    tag,
    summary: "Take a member out of a project",
    query: dryRunQuery,
    answers: { 200: emptyAnswerSchema },
  });
  app.delete<{ Params: MemberParams }>(`${collection}/:user_id`, { schema: remove }, async (request) => {
    await removeBindings(management, await existing(context, request), { dryRun: isDryRun(request.query) });
    return {};
  });
}

/** The bindings of the address's member. @throws ApiError 404 if there is none, 403 if it is the request's own user */
async function existing(
  context: ApiContext,
  request: FastifyRequest<{ Params: MemberParams }>,
): Promise<UserProjectBinding[]> {
  const { project_id: projectId, user_id: id } = request.params;
  await readableProject(context, request, projectId);
  const all = await bindingsOf(context.management, { projectId }, signalOf(request));
  const found = all.filter((binding) => isOfPerson(binding) && userId(binding.spec.userEmail) === id);
  if (found.length === 0) throw notFound("member", id);
  requireOther(request, found[0]?.spec.userEmail ?? "");
  return found;
}

/** So that a project does not lose its last owner by mistake, and nobody raises themselves. @throws ApiError 403 */
function requireOther(request: FastifyRequest, email: string): void {
  if (userOf(request).email === email) throw forbidden("nobody changes their own membership: ask another owner");
}

function isOfPerson({ spec }: UserProjectBinding): boolean {
  return !spec.userEmail.startsWith(serviceAccountPrefix);
}

async function toMember({ users }: ApiContext, binding: UserProjectBinding, request: FastifyRequest) {
  const email = binding.spec.userEmail;
  return toApiUser({ email, user: await users.find(email, signalOf(request)) }, membershipOf(binding));
}

function parse(request: FastifyRequest<{ Params: MembersParams }>, reply: FastifyReply) {
  const { project_id: projectId } = request.params;
  const body = objectBody(request.body);
  reportUnknownFields(requestFields, body, { request, reply });
  const parsed = memberRequestSchema.safeParse(body, { reportInput: true });
  if (!parsed.success) throw invalidObject("member", shapeErrors(parsed.error));
  const { email, projects } = parsed.data;
  const [membership] = projects;
  if (projects.length !== 1 || membership?.id !== projectId) {
    const message = `expected one entry, whose id is "${projectId}"`;
    throw invalidObject("member", [{ reason: "FieldValueInvalid", field: "projects", message }]);
  }
  return {
    email,
    role: acceptRole(membership.group, { projectId, allowed: projectRoles, field: "projects[0].group" }),
  };
}

/** With or without the project's id, as KKP's clients send both. @throws ApiError 400 */
export function acceptRole<Role extends ProjectRole>(
  group: string,
  { projectId, allowed, field }: { projectId: string; allowed: readonly Role[]; field: string },
): Role {
  const role = allowed.find((name) => name === group || name === roleOfGroup(group, projectId));
  if (role) return role;
  const message = `invalid group name ${group}: supported values: ${allowed.join(", ")}`;
  throw invalidObject("member", [{ reason: "FieldValueNotSupported", field, value: group, message }]);
}
