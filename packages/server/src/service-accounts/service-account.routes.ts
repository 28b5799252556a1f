import {
  apiServiceAccountSchema,
  emptyAnswerSchema,
  projectType,
  serviceAccountGroups,
  serviceAccountRequestSchema,
  structuralSchema,
  userType,
} from "@fairlead/resources";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { ApiContext } from "../api-context.ts";
import { badRequest, conflict, invalidObject } from "../http/api-error.ts";
import { objectBody } from "../http/json-body.ts";
import { dryRunQuery, fieldValidationQuery, isDryRun } from "../http/query.ts";
import { signalOf } from "../http/request-signal.ts";
import { shapeErrors } from "../http/shape-errors.ts";
import { reportUnknownFields } from "../http/unknown-field-policy.ts";
import { addMember, bindingsOf, changeRole, removeBindings } from "../members/bindings.ts";
import { acceptRole } from "../members/member.routes.ts";
import { newObjectId } from "../object-id.ts";
import { describeRoute } from "../openapi/describe-route.ts";
import { readableProject, writableProject } from "../projects/project-access.ts";
import {
  existingServiceAccount,
  serviceAccountsOf,
  serviceAccountUser,
  toApiServiceAccount,
} from "./service-account.ts";

interface AccountsParams {
  project_id: string;
}

export interface AccountParams extends AccountsParams {
  serviceaccount_id: string;
}

const tag = "Members";
const collection = "/api/v1/projects/:project_id/serviceaccounts";
const requestFields = structuralSchema(serviceAccountRequestSchema);

/** Members of a project that are programs. */
export function serviceAccountRoutes(app: FastifyInstance, context: ApiContext): void {
  const { management } = context;

  const list = describeRoute({
    tag,
    summary: "List the service accounts of a project, by name",
    answers: { 200: z.array(apiServiceAccountSchema) },
  });
  app.get<{ Params: AccountsParams }>(collection, { schema: list }, async (request) => {
    const { project_id: projectId } = request.params;
    const signal = signalOf(request);
    await readableProject(context, request, projectId);
    const [users, bindings] = await Promise.all([
      serviceAccountsOf(management, projectId, signal),
      bindingsOf(management, { projectId }, signal),
    ]);
    return users
      .map((user) =>
        toApiServiceAccount(
          user,
          bindings.filter(({ spec }) => spec.userEmail === user.spec.email),
        ),
      )
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  });

  const writing = {
    tag,
    query: { ...dryRunQuery, ...fieldValidationQuery },
    body: serviceAccountRequestSchema,
  } as const;
  const create = describeRoute({
    ...writing,
    summary: "Create a service account",
    answers: { 201: apiServiceAccountSchema },
  });
  app.post<{ Params: AccountsParams }>(collection, { schema: create }, async (request, reply) => {
    const { name, role } = parse(request, reply);
    const { project_id: projectId } = request.params;
    const project = await writableProject(context, request, projectId);
    await requireFreeName(context, request, name);
    const dryRun = isDryRun(request.query);
    const account = serviceAccountUser({ id: newObjectId(), name, projectId });
    const { apiVersion, kind } = projectType;
    account.metadata.ownerReferences = [{ apiVersion, kind, name: projectId, uid: project.metadata.uid ?? "" }];
    const user = await management.create(userType, account, { fieldManager: "fairlead", dryRun });
    const binding = await addMember(management, project, { email: user.spec.email, role }, { dryRun });
    return reply.code(201).send(toApiServiceAccount(user, [binding]));
  });

  const replace = describeRoute({
    ...writing,
    summary: "Rename a service account, or change what it may do",
    answers: { 200: apiServiceAccountSchema },
  });
  app.put<{ Params: AccountParams }>(
    `${collection}/:serviceaccount_id`,
    { schema: replace },
    async (request, reply) => {
      const { name, role } = parse(request, reply);
      const signal = signalOf(request);
      const stored = await existingServiceAccount(context, request.params, signal);
      if (name !== stored.spec.name) await requireFreeName(context, request, name);
      const dryRun = isDryRun(request.query);
      const ref = { name: stored.metadata.name ?? "" };
      const options = { fieldManager: "fairlead", dryRun };
      const user = await management.mergePatch(userType, ref, { spec: { name } }, options);
      const member = { projectId: request.params.project_id, email: stored.spec.email };
      await changeRole(management, await bindingsOf(management, member, signal), { role, dryRun });
      return toApiServiceAccount(user, await bindingsOf(management, member, signal));
    },
  );

  const remove = describeRoute({
    tag,
    summary: "Delete a service account with its tokens",
    query: dryRunQuery,
    answers: { 200: emptyAnswerSchema },
  });
  app.delete<{ Params: AccountParams }>(`${collection}/:serviceaccount_id`, { schema: remove }, async (request) => {
    const signal = signalOf(request);
    const dryRun = isDryRun(request.query);
    const { metadata, spec } = await existingServiceAccount(context, request.params, signal);
    const member = { projectId: request.params.project_id, email: spec.email };
    await removeBindings(management, await bindingsOf(management, member, signal), { dryRun });
    await management.deleteIfExists(userType, { name: metadata.name ?? "" }, { dryRun });
    return {};
  });
}

function parse(request: FastifyRequest<{ Params: AccountsParams }>, reply: FastifyReply) {
  const body = objectBody(request.body);
  reportUnknownFields(requestFields, body, { request, reply });
  const parsed = serviceAccountRequestSchema.safeParse(body, { reportInput: true });
  if (!parsed.success) throw invalidObject("service account", shapeErrors(parsed.error));
  const name = parsed.data.name.trim();
  if (name === "") throw badRequest("name: Required value: the service account's name must not be empty");
  const allowed = serviceAccountGroups;
  const role = acceptRole(parsed.data.group, { projectId: request.params.project_id, allowed, field: "group" });
  return { name, role };
}

async function requireFreeName(
  { management }: ApiContext,
  request: FastifyRequest<{ Params: AccountsParams }>,
  name: string,
): Promise<void> {
  const accounts = await serviceAccountsOf(management, request.params.project_id, signalOf(request));
  if (accounts.some(({ spec }) => spec.name === name)) throw conflict(`service account "${name}" already exists`);
}
