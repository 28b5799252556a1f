import { type ApplicationInstallationWrite, admitApplicationInstallation } from "@fairlead/admission";
import { builtin, isAlreadyExists, type KubeClient } from "@fairlead/kube";
import {
  type ApplicationInstallation,
  type ApplicationInstallationRequest,
  apiApplicationInstallationListItemSchema,
  apiApplicationInstallationSchema,
  applicationDefinitionType,
  applicationInstallationRequestSchema,
  applicationInstallationType,
  type Cluster,
  emptyAnswerSchema,
  structuralSchema,
} from "@fairlead/resources";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { ApiContext } from "../api-context.ts";
import { type ClusterParams, readableCluster } from "../clusters/cluster-access.ts";
import { inUserCluster } from "../clusters/user-cluster.ts";
import { invalidObject, notFound } from "../http/api-error.ts";
import { ifMatchNote, requireMatch, tagged } from "../http/entity-tag.ts";
import { isObject, type JsonObject, objectBody } from "../http/json-body.ts";
import { dryRunQuery, fieldValidationQuery, isDryRun } from "../http/query.ts";
import { signalOf } from "../http/request-signal.ts";
import { retryConflicts } from "../http/retry-conflicts.ts";
import { shapeErrors } from "../http/shape-errors.ts";
import { reportUnknownFields } from "../http/unknown-field-policy.ts";
import { addWarnings } from "../http/warnings.ts";
import { describeRoute } from "../openapi/describe-route.ts";
import {
  toApiInstallation,
  toInstallationListItem,
  toNewInstallation,
  withSpec,
} from "./api-application-installation.ts";

interface InstallationParams extends ClusterParams {
  namespace: string;
  appinstall_name: string;
}

const tag = "Applications";
const what = "application installation";
const collection = "/:cluster_id/applicationinstallations";
const item = `${collection}/:namespace/:appinstall_name`;
const requestFields = structuralSchema(applicationInstallationRequestSchema);
const fieldManager = "fairlead";

/** Applications in a user cluster: ApplicationInstallations there. */
export function applicationInstallationRoutes(app: FastifyInstance, context: ApiContext): void {
  const list = describeRoute({
    tag,
    summary: "List the applications of a cluster, by name",
    answers: { 200: z.array(apiApplicationInstallationListItemSchema) },
  });
  app.get<{ Params: ClusterParams }>(collection, { schema: list }, async (request) => {
    await readableCluster(context, request, request.params);
    const { items } = await inUserCluster(context, request.params.cluster_id, (client) =>
      client.list(applicationInstallationType, { signal: signalOf(request) }),
    );
    return items
      .map(toInstallationListItem)
      .sort((a, b) => (a.name < b.name || (a.name === b.name && a.namespace < b.namespace) ? -1 : 1));
  });

  const create = describeRoute({
    tag,
    summary: "Install an application",
    description: "The namespace of the installation is created if it is missing.",
    query: { ...dryRunQuery, ...fieldValidationQuery },
    body: applicationInstallationRequestSchema,
    answers: { 201: apiApplicationInstallationSchema },
  });
  app.post<{ Params: ClusterParams }>(collection, { schema: create }, async (request, reply) => {
    const dryRun = isDryRun(request.query);
    const body = parse(request, reply);
    if (!body.name) {
      throw invalidObject(what, [{ reason: "FieldValueRequired", field: "name", message: "expected a name" }]);
    }
    const cluster = await readableCluster(context, request, request.params);
    const object = toNewInstallation(body, body.name);
    const wanted = await judge({ operation: "CREATE", object }, { context, request, reply, cluster });
    const created = await inUserCluster(context, request.params.cluster_id, async (client) => {
      if (!(await ensureNamespace(client, wanted.metadata.namespace ?? "", dryRun))) return wanted;
      return client.create(applicationInstallationType, wanted, { fieldManager, dryRun });
    });
    return reply.code(201).send(toApiInstallation(created));
  });

  const get = describeRoute({
    tag,
    summary: "Show an application of a cluster",
    answers: { 200: apiApplicationInstallationSchema },
  });
  app.get<{ Params: InstallationParams }>(item, { schema: get }, async (request, reply) => {
    await readableCluster(context, request, request.params);
    const found = await inUserCluster(context, request.params.cluster_id, (client) => existing(client, request));
    return tagged(reply, toApiInstallation(found), found.spec);
  });

  const replace = describeRoute({
    tag,
    summary: "Change an application of a cluster",
    description: `The spec is replaced; what else the request carries is ignored. ${ifMatchNote}`,
    query: { ...dryRunQuery, ...fieldValidationQuery },
    body: applicationInstallationRequestSchema,
    answers: { 200: apiApplicationInstallationSchema },
  });
  app.put<{ Params: InstallationParams }>(item, { schema: replace }, async (request, reply) => {
    const dryRun = isDryRun(request.query);
    const body = parse(request, reply);
    const cluster = await readableCluster(context, request, request.params);
    const { appinstall_name: name, cluster_id: id } = request.params;
    const itself = `${what} "${name}"`;
    return retryConflicts(itself, () =>
      inUserCluster(context, id, async (client) => {
        const oldObject = await existing(client, request);
        requireMatch(request, itself, oldObject.spec);
        const write = { operation: "UPDATE", object: withSpec(oldObject, body), oldObject } as const;
        const wanted = await judge(write, { context, request, reply, cluster });
        const stored = await client.replace(applicationInstallationType, wanted, { fieldManager, dryRun });
        return tagged(reply, toApiInstallation(stored), stored.spec);
      }),
    );
  });

  const remove = describeRoute({
    tag,
    summary: "Remove an application from a cluster",
    query: dryRunQuery,
    answers: { 200: emptyAnswerSchema },
  });
  app.delete<{ Params: InstallationParams }>(item, { schema: remove }, async (request) => {
    const dryRun = isDryRun(request.query);
    await readableCluster(context, request, request.params);
    const { namespace, appinstall_name: name, cluster_id: id } = request.params;
    await inUserCluster(context, id, async (client) => {
      const { metadata } = await existing(client, request);
      const options = { preconditions: { uid: metadata.uid }, dryRun };
      await client.delete(applicationInstallationType, { name, namespace }, options);
    });
    return {};
  });
}

function parse(request: FastifyRequest, reply: FastifyReply): ApplicationInstallationRequest {
  const body = objectBody(request.body);
  reportUnknownFields(requestFields, body, { request, reply });
  const parsed = applicationInstallationRequestSchema.safeParse(withNulls(body, request.body), { reportInput: true });
  if (!parsed.success) throw invalidObject(what, shapeErrors(parsed.error));
  return parsed.data;
}

/** Null in Helm values takes away what the chart itself sets; elsewhere it is "not set". */
function withNulls(body: JsonObject, sent: unknown): JsonObject {
  const values = isObject(sent) && isObject(sent.spec) ? sent.spec.values : undefined;
  return isObject(values) && isObject(body.spec) ? { ...body, spec: { ...body.spec, values } } : body;
}

interface Judged {
  context: ApiContext;
  request: FastifyRequest;
  reply: FastifyReply;
  cluster: Cluster;
}

/**
 * As the webhook judges what users write: to the webhook this server is Fairlead itself.
 * @throws ApiError 400 with everything that is wrong
 */
async function judge(
  write: Pick<ApplicationInstallationWrite, "operation" | "object" | "oldObject">,
  { context, request, reply, cluster }: Judged,
): Promise<ApplicationInstallation> {
  const ref = { name: write.object.spec.applicationRef.name };
  const definition = await context.management.find(applicationDefinitionType, ref, { signal: signalOf(request) });
  const { errors, warnings, object } = admitApplicationInstallation({
    ...write,
    definition,
    cluster,
    byFairlead: false,
  });
  if (errors.length > 0) throw invalidObject(what, errors);
  addWarnings(
    reply,
    warnings.map(({ field, message }) => `${field}: ${message}`),
  );
  return object;
}

/** False if it is only of a dry run that the namespace is missing: nothing can be tried in it then. */
async function ensureNamespace(client: KubeClient, name: string, dryRun: boolean): Promise<boolean> {
  if (await client.find(builtin.Namespace, { name })) return true;
  try {
    await client.create(builtin.Namespace, { metadata: { name } }, { fieldManager, dryRun });
    return !dryRun;
  } catch (error) {
    if (isAlreadyExists(error)) return true;
    throw error;
  }
}

/** @throws ApiError 404 */
async function existing(
  client: KubeClient,
  request: FastifyRequest<{ Params: InstallationParams }>,
): Promise<ApplicationInstallation> {
  const { namespace, appinstall_name: name } = request.params;
  const found = await client.find(applicationInstallationType, { name, namespace }, { signal: signalOf(request) });
  if (!found) throw notFound(what, `${namespace}/${name}`);
  return found;
}
