import { admitApplicationDefinition, admitDefinitionDeletion, allowedChartAddresses } from "@fairlead/admission";
import {
  type ApiApplicationDefinition,
  type ApiValuesSchema,
  type ApplicationDefinition,
  type ApplicationDefinitionRequest,
  apiApplicationDefinitionListItemSchema,
  apiApplicationDefinitionSchema,
  apiValuesSchemaSchema,
  applicationDefinitionObjectSchema,
  applicationDefinitionRequestSchema,
  applicationDefinitionType,
  emptyAnswerSchema,
  structuralSchema,
} from "@fairlead/resources";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { ApiContext } from "../api-context.ts";
import { invalidObject, notFound } from "../http/api-error.ts";
import { ifMatchNote, requireMatch, tagged } from "../http/entity-tag.ts";
import { isObject, objectBody } from "../http/json-body.ts";
import { dryRunQuery, fieldValidationQuery, isDryRun } from "../http/query.ts";
import { signalOf } from "../http/request-signal.ts";
import { retryConflicts } from "../http/retry-conflicts.ts";
import { shapeErrors } from "../http/shape-errors.ts";
import { reportUnknownFields } from "../http/unknown-field-policy.ts";
import { addWarnings } from "../http/warnings.ts";
import { describeRoute } from "../openapi/describe-route.ts";
import {
  editablePart,
  toApiApplicationDefinition,
  toApplicationDefinition,
  toListItem,
  withLowerCaseSpec,
} from "./api-application-definition.ts";
import { cniVersionsInUse } from "./cni-versions-in-use.ts";

interface DefinitionParams {
  Params: { appdef_name: string };
}

const tag = "Applications";
const what = "application definition";
const collection = "/api/v2/applicationdefinitions";
const item = `${collection}/:appdef_name`;
const requestFields = structuralSchema(applicationDefinitionRequestSchema);

/** What users may install in their clusters: read by everybody, written by administrators. */
export function applicationDefinitionRoutes(app: FastifyInstance, context: ApiContext): void {
  const { management } = context;

  const list = describeRoute({
    tag,
    summary: "List the applications that there are, by name",
    answers: { 200: z.array(apiApplicationDefinitionListItemSchema) },
  });
  app.get(collection, { schema: list }, async (request) => {
    const { items } = await management.list(applicationDefinitionType, { signal: signalOf(request) });
    return items.map(toListItem).sort((a, b) => (a.name < b.name ? -1 : 1));
  });

  const get = describeRoute({
    tag,
    summary: "Show an application with its versions",
    answers: { 200: apiApplicationDefinitionSchema },
  });
  app.get<DefinitionParams>(item, { schema: get }, async (request, reply) =>
    answer(reply, await existing(context, request)),
  );

  const schema = describeRoute({
    tag,
    summary: "Show the schema of an application's Helm values",
    description: "That of the chart's own values.schema.json; without one, or where it cannot be read, there is none.",
    answers: { 200: apiValuesSchemaSchema },
  });
  app.get<{ Params: DefinitionParams["Params"] & { version: string } }>(
    `${item}/versions/:version/schema`,
    { schema },
    async (request, reply): Promise<ApiValuesSchema> => {
      const { metadata, spec } = await existing(context, request);
      const { appdef_name: name, version } = request.params;
      if (!spec.versions.some((known) => known.version === version)) {
        throw notFound(`version of application ${metadata.name}`, version);
      }
      const found = await context.chartSchema?.({ name, version }, signalOf(request)).catch((error: unknown) => {
        addWarnings(reply, [`the chart cannot be read: ${error instanceof Error ? error.message : String(error)}`]);
        return undefined;
      });
      return isObject(found) ? { schema: found } : {};
    },
  );

  const create = describeRoute({
    tag,
    summary: "Create an application (administrators)",
    query: { ...dryRunQuery, ...fieldValidationQuery },
    body: applicationDefinitionRequestSchema,
    answers: { 201: applicationDefinitionObjectSchema },
  });
  app.post(collection, { schema: create }, async (request, reply) => {
    const dryRun = isDryRun(request.query);
    const body = parse(request, reply);
    if (!body.name) {
      throw invalidObject(what, [{ reason: "FieldValueRequired", field: "name", message: "expected a name" }]);
    }
    const object = toApplicationDefinition(body, { name: body.name });
    const allowedAddresses = allowedChartAddresses(await context.installation.read());
    const { errors, object: wanted } = admitApplicationDefinition({ operation: "CREATE", object, allowedAddresses });
    if (errors.length > 0) throw invalidObject(what, errors);
    const options = { fieldManager: "fairlead", dryRun };
    return reply.code(201).send(await management.create(applicationDefinitionType, wanted, options));
  });

  const replace = describeRoute({
    tag,
    summary: "Replace an application (administrators)",
    description: `A version that is the CNI of clusters cannot be taken away. ${ifMatchNote}`,
    query: { ...dryRunQuery, ...fieldValidationQuery },
    body: applicationDefinitionRequestSchema,
    answers: { 200: apiApplicationDefinitionSchema },
  });
  app.put<DefinitionParams>(item, { schema: replace }, async (request, reply) => {
    const dryRun = isDryRun(request.query);
    const body = parse(request, reply);
    const name = request.params.appdef_name;
    const itself = `${what} "${name}"`;
    return retryConflicts(itself, async () => {
      const oldObject = await existing(context, request);
      requireMatch(request, itself, editablePart(oldObject));
      const object = toApplicationDefinition(body, oldObject.metadata);
      const inUse = await cniVersionsInUse(management, name, signalOf(request));
      const allowedAddresses = allowedChartAddresses(await context.installation.read());
      const write = { operation: "UPDATE", object, oldObject, cniVersionsInUse: inUse, allowedAddresses } as const;
      const { errors, object: wanted } = admitApplicationDefinition(write);
      if (errors.length > 0) throw invalidObject(what, errors);
      const options = { fieldManager: "fairlead", dryRun };
      return answer(reply, await management.replace(applicationDefinitionType, wanted, options));
    });
  });

  const remove = describeRoute({
    tag,
    summary: "Delete an application (administrators)",
    description: "Installations of it stay as they are.",
    query: dryRunQuery,
    answers: { 200: emptyAnswerSchema },
  });
  app.delete<DefinitionParams>(item, { schema: remove }, async (request) => {
    const dryRun = isDryRun(request.query);
    const name = request.params.appdef_name;
    const found = await existing(context, request);
    const errors = admitDefinitionDeletion(found, await cniVersionsInUse(management, name, signalOf(request)));
    if (errors.length > 0) throw invalidObject(what, errors);
    await management.delete(
      applicationDefinitionType,
      { name },
      { preconditions: { uid: found.metadata.uid }, dryRun },
    );
    return {};
  });
}

function answer(reply: FastifyReply, definition: ApplicationDefinition): ApiApplicationDefinition {
  return tagged(reply, toApiApplicationDefinition(definition), editablePart(definition));
}

function parse(request: FastifyRequest, reply: FastifyReply): ApplicationDefinitionRequest {
  const body = withLowerCaseSpec(objectBody(request.body));
  reportUnknownFields(requestFields, body, { request, reply });
  const parsed = applicationDefinitionRequestSchema.safeParse(body, { reportInput: true });
  if (!parsed.success) throw invalidObject(what, shapeErrors(parsed.error));
  return parsed.data;
}

/** @throws ApiError 404 */
async function existing(
  context: ApiContext,
  request: FastifyRequest<DefinitionParams>,
): Promise<ApplicationDefinition> {
  const name = request.params.appdef_name;
  const found = await context.management.find(applicationDefinitionType, { name }, { signal: signalOf(request) });
  if (!found) throw notFound(what, name);
  return found;
}
