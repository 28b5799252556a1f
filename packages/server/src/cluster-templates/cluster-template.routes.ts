import {
  type ApiClusterTemplate,
  apiClusterTemplateSchema,
  type ClusterTemplate,
  clusterTemplateRequestSchema,
  clusterTemplateType,
  emptyAnswerSchema,
  structuralSchema,
} from "@fairlead/resources";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { stringify } from "yaml";
import { z } from "zod";
import type { ApiContext } from "../api-context.ts";
import { userOf } from "../authentication/authenticate.ts";
import { requireOwnerForUnsafeLabels } from "../authorization/unsafe-labels.ts";
import { badRequest } from "../http/api-error.ts";
import { ifMatchNote, requireMatch, tagged } from "../http/entity-tag.ts";
import { objectBody } from "../http/json-body.ts";
import { dryRunQuery, fieldValidationQuery, isDryRun, parameter } from "../http/query.ts";
import { retryConflicts } from "../http/retry-conflicts.ts";
import { reportUnknownFields } from "../http/unknown-field-policy.ts";
import { addWarnings } from "../http/warnings.ts";
import { newObjectId } from "../object-id.ts";
import { describeRoute, otherContent } from "../openapi/describe-route.ts";
import { writableProject } from "../projects/project-access.ts";
import { toApiClusterTemplate, toExport } from "./api-cluster-template.ts";
import {
  readableTemplate,
  readableTemplates,
  requireScope,
  scopeOf,
  type TemplateParams,
  type TemplatesParams,
  writableTemplate,
} from "./template-access.ts";
import { acceptTemplate } from "./template-request.ts";

const tag = "Templates";
const collection = "/api/v2/projects/:project_id/clustertemplates";
const requestFields = structuralSchema(clusterTemplateRequestSchema);

/** What clusters are to be like, kept to create more of them. */
export function clusterTemplateRoutes(app: FastifyInstance, context: ApiContext): void {
  const list = describeRoute({
    tag,
    summary: "List the cluster templates of a project, one's own and those for everybody, by name",
    answers: { 200: z.array(apiClusterTemplateSchema) },
  });
  app.get<{ Params: TemplatesParams }>(collection, { schema: list }, async (request) => {
    const templates = await readableTemplates(context, request, request.params);
    return templates.map(toApiClusterTemplate).sort((a, b) => a.name.localeCompare(b.name) || a.id.localeCompare(b.id));
  });

  const get = describeRoute({ tag, summary: "Show a cluster template", answers: { 200: apiClusterTemplateSchema } });
  app.get<{ Params: TemplateParams }>(`${collection}/:template_id`, { schema: get }, async (request, reply) =>
    answer(reply, await readableTemplate(context, request, request.params)),
  );

  const writing = {
    tag,
    query: { ...dryRunQuery, ...fieldValidationQuery },
    body: clusterTemplateRequestSchema,
    answers: { 201: apiClusterTemplateSchema },
  } as const;
  const create = describeRoute({
    ...writing,
    summary: "Keep a cluster template",
    description: "It is judged as the cluster that it makes; what it leaves open is filled in when a cluster is made.",
  });
  app.post<{ Params: TemplatesParams }>(collection, { schema: create }, (request, reply) =>
    createTemplate(context, request, reply),
  );

  const put = describeRoute({
    ...writing,
    summary: "Replace a cluster template",
    description: `Clusters that were made from it stay as they are. Credentials that are not shown are kept. ${ifMatchNote}`,
  });
  app.put<{ Params: TemplateParams }>(`${collection}/:template_id`, { schema: put }, (request, reply) =>
    replaceTemplate(context, request, reply),
  );

  const remove = describeRoute({
    tag,
    summary: "Delete a cluster template; clusters that were made from it stay",
    query: dryRunQuery,
    answers: { 200: emptyAnswerSchema },
  });
  app.delete<{ Params: TemplateParams }>(`${collection}/:template_id`, { schema: remove }, async (request) => {
    const { metadata } = await writableTemplate(context, request, request.params);
    await context.management.delete(
      clusterTemplateType,
      { name: metadata.name ?? "" },
      { preconditions: { uid: metadata.uid }, dryRun: isDryRun(request.query) },
    );
    return {};
  });

  const exporting = describeRoute({
    tag,
    summary: "Download a cluster template, for import elsewhere",
    description: "Without credentials, which the API never shows.",
    query: { format: z.enum(["json", "yaml"]).optional().describe("JSON unless it says otherwise.") },
    answers: { 200: otherContent("application/octet-stream", z.string()) },
  });
  app.get<{ Params: TemplateParams }>(
    `${collection}/:template_id/export`,
    { schema: exporting },
    async (request, reply) => {
      const format = formatOf(request.query);
      const template = await readableTemplate(context, request, request.params);
      const document = toExport(template);
      return reply
        .type("application/octet-stream")
        .header("content-disposition", `attachment; filename=template-${request.params.template_id}.${format}`)
        .header("cache-control", "no-cache")
        .send(format === "yaml" ? stringify(document) : `${JSON.stringify(document, undefined, 2)}\n`);
    },
  );

  const importing = describeRoute({
    ...writing,
    summary: "Keep a cluster template that was exported, here or elsewhere",
    description: "Takes JSON, and YAML as application/yaml.",
  });
  app.post<{ Params: TemplatesParams }>(
    `${collection}/import`,
    { schema: importing, config: { takesYaml: true } },
    (request, reply) => createTemplate(context, request, reply),
  );
}

async function createTemplate(
  context: ApiContext,
  request: FastifyRequest<{ Params: TemplatesParams }>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const projectId = request.params.project_id;
  const user = userOf(request);
  const body = objectBody(request.body);
  reportUnknownFields(requestFields, body, { request, reply });
  await writableProject(context, request, projectId);
  const author = { email: user.email, projectId };
  const installation = await context.installation.read();
  const { template, warnings } = acceptTemplate(body, { author, installation, id: newObjectId() });
  requireScope(request, scopeOf(template));
  requireOwnerForUnsafeLabels(request, template.clusterLabels);
  const options = { fieldManager: "fairlead", dryRun: isDryRun(request.query) };
  const stored = await context.management.create(clusterTemplateType, template, options);
  addWarnings(reply, warnings);
  return reply.code(201).send(toApiClusterTemplate(stored));
}

async function replaceTemplate(
  context: ApiContext,
  request: FastifyRequest<{ Params: TemplateParams }>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { project_id: projectId, template_id: id } = request.params;
  const user = userOf(request);
  const body = objectBody(request.body);
  reportUnknownFields(requestFields, body, { request, reply });
  const options = { fieldManager: "fairlead", dryRun: isDryRun(request.query) };
  const what = `cluster template "${id}"`;
  const replaced = await retryConflicts(what, async () => {
    const stored = await writableTemplate(context, request, request.params);
    requireMatch(request, what, toExport(stored));
    const installation = await context.installation.read();
    const accepted = acceptTemplate(body, { author: { email: user.email, projectId }, installation, id, stored });
    requireScope(request, scopeOf(accepted.template));
    requireOwnerForUnsafeLabels(request, accepted.template.clusterLabels, stored.clusterLabels);
    const template = await context.management.replace(clusterTemplateType, accepted.template, options);
    return { template, warnings: accepted.warnings };
  });
  addWarnings(reply, replaced.warnings);
  return reply.code(201).send(answer(reply, replaced.template)); // As KKP does.
}

/** What an export holds is what a PUT can change. */
function answer(reply: FastifyReply, template: ClusterTemplate): ApiClusterTemplate {
  return tagged(reply, toApiClusterTemplate(template), toExport(template));
}

function formatOf(query: unknown): "json" | "yaml" {
  const format = parameter(query, "format");
  switch (format) {
    case undefined:
    case "":
    case "json":
      return "json";
    case "yaml":
      return "yaml";
    default:
      throw badRequest('query parameter format: must be "json" or "yaml"');
  }
}
