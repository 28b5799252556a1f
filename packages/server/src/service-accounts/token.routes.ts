import { builtin, type Secret } from "@fairlead/kube";
import {
  apiServiceAccountTokenSchema,
  emptyAnswerSchema,
  installationNamespace,
  serviceAccountTokenRequestSchema,
  structuralSchema,
  type User,
} from "@fairlead/resources";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { ApiContext } from "../api-context.ts";
import { badRequest, conflict, invalidObject, notFound } from "../http/api-error.ts";
import { objectBody } from "../http/json-body.ts";
import { dryRunQuery, fieldValidationQuery, isDryRun } from "../http/query.ts";
import { signalOf } from "../http/request-signal.ts";
import { shapeErrors } from "../http/shape-errors.ts";
import { reportUnknownFields } from "../http/unknown-field-policy.ts";
import { newObjectId } from "../object-id.ts";
import { describeRoute } from "../openapi/describe-route.ts";
import type { AccountParams } from "./service-account.routes.ts";
import { existingServiceAccount, serviceAccountId } from "./service-account.ts";
import {
  encoded,
  fieldOf,
  type IssuedToken,
  issueToken,
  serviceAccountLabel,
  toApiToken,
  tokenSecretName,
} from "./token.ts";

interface TokenParams extends AccountParams {
  token_id: string;
}

const tag = "Members";
const collection = "/api/v1/projects/:project_id/serviceaccounts/:serviceaccount_id/tokens";
const item = `${collection}/:token_id`;
const requestFields = structuralSchema(serviceAccountTokenRequestSchema);
const defaultLifetimeYears = 3;
const what = "service account token";

export function serviceAccountTokenRoutes(app: FastifyInstance, context: ApiContext): void {
  const { management } = context;

  const list = describeRoute({
    tag,
    summary: "List the tokens of a service account, by name",
    answers: { 200: z.array(apiServiceAccountTokenSchema) },
  });
  app.get<{ Params: AccountParams }>(collection, { schema: list }, async (request) => {
    const account = await existingServiceAccount(context, request.params, signalOf(request));
    const tokens = await tokensOf(context, account, request);
    return tokens.map((secret) => toApiToken(secret)).sort((a, b) => (a.name < b.name ? -1 : 1));
  });

  const writing = {
    tag,
    query: { ...dryRunQuery, ...fieldValidationQuery },
    body: serviceAccountTokenRequestSchema,
  } as const;
  const create = describeRoute({
    ...writing,
    summary: "Create a token, and show it this once",
    answers: { 201: apiServiceAccountTokenSchema },
  });
  app.post<{ Params: AccountParams }>(collection, { schema: create }, async (request, reply) => {
    const { name, expiry = defaultExpiry() } = parse(request, reply);
    const account = await existingServiceAccount(context, request.params, signalOf(request));
    if ((await tokensOf(context, account, request)).some((secret) => fieldOf(secret, "name") === name)) {
      throw conflict(`token "${name}" already exists`);
    }
    const issued = issueToken(account, { id: newObjectId(), name, expiry });
    const options = { fieldManager: "fairlead", dryRun: isDryRun(request.query) };
    const stored = await management.create(builtin.Secret, issued.secret, options);
    return answerOnce(reply.code(201), { ...issued, secret: stored });
  });

  const regenerate = describeRoute({
    ...writing,
    summary: "Replace a token by a new one, and show that this once",
    answers: { 200: apiServiceAccountTokenSchema },
  });
  app.put<{ Params: TokenParams }>(item, { schema: regenerate }, async (request, reply) => {
    const { name, expiry = defaultExpiry() } = parse(request, reply);
    const { account, secret } = await existing(context, request);
    const issued = issueToken(account, { id: request.params.token_id, name, expiry });
    const { resourceVersion, uid } = secret.metadata;
    const replacement = { ...issued.secret, metadata: { ...issued.secret.metadata, resourceVersion, uid } };
    const options = { fieldManager: "fairlead", dryRun: isDryRun(request.query) };
    const stored = await management.replace(builtin.Secret, replacement, options);
    return answerOnce(reply, { ...issued, secret: stored });
  });

  const rename = describeRoute({
    ...writing,
    summary: "Rename a token",
    answers: { 200: apiServiceAccountTokenSchema },
  });
  app.patch<{ Params: TokenParams }>(item, { schema: rename }, async (request, reply) => {
    const { name, expiry } = parse(request, reply);
    if (expiry !== undefined) throw badRequest("expiry: Forbidden: a token lives as long as it was made for");
    const { secret } = await existing(context, request);
    const options = { fieldManager: "fairlead", dryRun: isDryRun(request.query) };
    const ref = { name: secret.metadata.name ?? "", namespace: installationNamespace };
    return toApiToken(await management.mergePatch(builtin.Secret, ref, { data: encoded({ name }) }, options));
  });

  const remove = describeRoute({
    tag,
    summary: "Revoke a token",
    query: dryRunQuery,
    answers: { 200: emptyAnswerSchema },
  });
  app.delete<{ Params: TokenParams }>(item, { schema: remove }, async (request) => {
    const { secret } = await existing(context, request);
    const ref = { name: secret.metadata.name ?? "", namespace: installationNamespace };
    await management.deleteIfExists(builtin.Secret, ref, { dryRun: isDryRun(request.query) });
    return {};
  });
}

/** Nothing on the way may keep it. */
function answerOnce(reply: FastifyReply, { secret, token }: IssuedToken): FastifyReply {
  return reply.header("cache-control", "no-store").send(toApiToken(secret, token));
}

async function tokensOf({ management }: ApiContext, account: User, request: FastifyRequest): Promise<Secret[]> {
  const labelSelector = `${serviceAccountLabel}=${serviceAccountId(account)}`;
  const options = { namespace: installationNamespace, labelSelector, signal: signalOf(request) };
  return (await management.list(builtin.Secret, options)).items;
}

/** @throws ApiError 404 if the account has no such token, whether or not another one has */
async function existing(
  context: ApiContext,
  request: FastifyRequest<{ Params: TokenParams }>,
): Promise<{ account: User; secret: Secret }> {
  const account = await existingServiceAccount(context, request.params, signalOf(request));
  const { token_id: id } = request.params;
  const name = tokenSecretName(id);
  const secret = (await tokensOf(context, account, request)).find(({ metadata }) => metadata.name === name);
  if (!secret) throw notFound(what, id);
  return { account, secret };
}

function parse(request: FastifyRequest, reply: FastifyReply): { name: string; expiry?: string } {
  const body = objectBody(request.body);
  reportUnknownFields(requestFields, body, { request, reply });
  const parsed = serviceAccountTokenRequestSchema.safeParse(body, { reportInput: true });
  if (!parsed.success) throw invalidObject(what, shapeErrors(parsed.error));
  const name = parsed.data.name.trim();
  if (name === "") throw badRequest("name: Required value: the token's name must not be empty");
  const { expiry } = parsed.data;
  if (expiry === undefined || expiry.startsWith("0001-")) return { name }; // Go's clients send the zero time
  if (Number.isNaN(Date.parse(expiry)) || Date.parse(expiry) <= Date.now()) {
    const message = "expected a time to come, as 2030-01-31T00:00:00Z";
    throw invalidObject(what, [{ reason: "FieldValueInvalid", field: "expiry", value: expiry, message }]);
  }
  return { name, expiry: new Date(expiry).toISOString() };
}

function defaultExpiry(): string {
  const date = new Date();
  date.setUTCFullYear(date.getUTCFullYear() + defaultLifetimeYears);
  return date.toISOString();
}
