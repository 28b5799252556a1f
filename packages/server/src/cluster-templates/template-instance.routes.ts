import {
  type ApiTemplateInstance,
  apiTemplateInstanceSchema,
  type ClusterTemplateInstance,
  clusterTemplateInstanceType,
  createTemplateInstanceRequestSchema,
  structuralSchema,
} from "@fairlead/resources";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { ApiContext } from "../api-context.ts";
import { requireOwnerForUnsafeLabels } from "../authorization/unsafe-labels.ts";
import { invalidObject, notFound } from "../http/api-error.ts";
import { objectBody } from "../http/json-body.ts";
import { dryRunQuery, fieldValidationQuery, isDryRun } from "../http/query.ts";
import { signalOf } from "../http/request-signal.ts";
import { shapeErrors } from "../http/shape-errors.ts";
import { reportUnknownFields } from "../http/unknown-field-policy.ts";
import { newObjectId } from "../object-id.ts";
import { describeRoute } from "../openapi/describe-route.ts";
import { writableProject } from "../projects/project-access.ts";
import { readableTemplate, type TemplateParams } from "./template-access.ts";

interface InstanceParams extends TemplateParams {
  instance_id: string;
}

const tag = "Templates";
const collection = "/api/v2/projects/:project_id/clustertemplates/:template_id/instances";
const requestFields = structuralSchema(createTemplateInstanceRequestSchema);

/** Clusters made from a template, several at once. */
export function templateInstanceRoutes(app: FastifyInstance, context: ApiContext): void {
  const create = describeRoute({
    tag,
    summary: "Create clusters from a template",
    description: "They are created in the background; a cluster that is refused does not stop the others.",
    query: { ...dryRunQuery, ...fieldValidationQuery },
    body: createTemplateInstanceRequestSchema,
    answers: { 201: apiTemplateInstanceSchema },
  });
  app.post<{ Params: TemplateParams }>(collection, { schema: create }, async (request, reply) => {
    const { project_id: projectID, template_id: id } = request.params;
    const body = objectBody(request.body);
    reportUnknownFields(requestFields, body, { request, reply });
    const parsed = createTemplateInstanceRequestSchema.safeParse(body, { reportInput: true });
    if (!parsed.success) throw invalidObject("request", shapeErrors(parsed.error));
    const template = await readableTemplate(context, request, request.params);
    requireOwnerForUnsafeLabels(request, template.clusterLabels);
    await writableProject(context, request, projectID);
    const instance: ClusterTemplateInstance = {
      metadata: { name: `${projectID}-${id}-${newObjectId()}` },
      spec: {
        projectID,
        clusterTemplateID: id,
        clusterTemplateName: template.spec.humanReadableName,
        replicas: parsed.data.replicas,
      },
    };
    const options = { fieldManager: "fairlead", dryRun: isDryRun(request.query) };
    const created = await context.management.create(clusterTemplateInstanceType, instance, options);
    return reply.code(201).send(toApiInstance(created));
  });

  const list = describeRoute({
    tag,
    summary: "List the requests for clusters of a template, newest first (Fairlead's addition)",
    answers: { 200: z.array(apiTemplateInstanceSchema) },
  });
  app.get<{ Params: TemplateParams }>(collection, { schema: list }, async (request) => {
    await readableTemplate(context, request, request.params);
    const { items } = await context.management.list(clusterTemplateInstanceType, { signal: signalOf(request) });
    const created = ({ metadata }: ClusterTemplateInstance) => metadata.creationTimestamp ?? "";
    return items
      .filter((instance) => belongsTo(instance, request.params))
      .sort((a, b) => created(b).localeCompare(created(a)))
      .map(toApiInstance);
  });

  const get = describeRoute({
    tag,
    summary: "Tell how far a request for clusters of a template is (Fairlead's addition)",
    answers: { 200: apiTemplateInstanceSchema },
  });
  app.get<{ Params: InstanceParams }>(`${collection}/:instance_id`, { schema: get }, async (request) => {
    const { instance_id: name } = request.params;
    await readableTemplate(context, request, request.params);
    const instance = await context.management.find(
      clusterTemplateInstanceType,
      { name },
      { signal: signalOf(request) },
    );
    if (!instance || !belongsTo(instance, request.params)) throw notFound("cluster template instance", name);
    return toApiInstance(instance);
  });
}

function belongsTo({ spec }: ClusterTemplateInstance, { project_id: project, template_id: template }: TemplateParams) {
  return spec.projectID === project && spec.clusterTemplateID === template;
}

function toApiInstance({ metadata, spec, status }: ClusterTemplateInstance): ApiTemplateInstance {
  const { clusterTemplateName = "", ...rest } = spec;
  const complete = status?.conditions?.Complete;
  return {
    name: metadata.name ?? "",
    spec: { ...rest, clusterTemplateName },
    status: {
      // What the condition says of fewer replicas no longer holds.
      complete: complete?.status === "True" && (status?.created ?? 0) >= spec.replicas,
      ...(complete?.message ? { message: complete.message } : {}),
      created: status?.created ?? 0,
      refused: status?.refused ?? 0,
      clusters: status?.clusters ?? [],
    },
  };
}
