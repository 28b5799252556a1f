import { addonObstacle } from "@fairlead/network";
import {
  addonConfigType,
  addonType,
  apiAddonConfigSchema,
  apiAddonSchema,
  type Cluster,
  clusterNamespace,
  createAddonRequestSchema,
  emptyAnswerSchema,
  patchAddonRequestSchema,
  structuralSchema,
} from "@fairlead/resources";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import type { ApiContext } from "../api-context.ts";
import { type ClusterParams, readableCluster } from "../clusters/cluster-access.ts";
import { badRequest, conflict, notFound, unavailable } from "../http/api-error.ts";
import { objectBody } from "../http/json-body.ts";
import { patchBody } from "../http/merge-patch.ts";
import { dryRunQuery, fieldValidationQuery, isDryRun } from "../http/query.ts";
import { signalOf } from "../http/request-signal.ts";
import { retryConflicts } from "../http/retry-conflicts.ts";
import { reportUnknownFields } from "../http/unknown-field-policy.ts";
import { describeRoute } from "../openapi/describe-route.ts";
import { accessibleAddonNames, requireAccessible } from "./accessible-addons.ts";
import { acceptAddon, patchedAddon, toAddon } from "./addon-request.ts";
import { toApiAddon, toApiAddonConfig } from "./api-addon.ts";

interface AddonParams extends ClusterParams {
  addon_id: string;
}

const tag = "Add-ons";
const collection = "/:cluster_id/addons";
const item = `${collection}/:addon_id`;
const creationFields = structuralSchema(createAddonRequestSchema);
const patchFields = structuralSchema(patchAddonRequestSchema);

/** What add-ons there are for users, and how they present themselves. */
export function addonCatalogueRoutes(app: FastifyInstance, context: ApiContext): void {
  const names = describeRoute({
    tag,
    summary: "List the names of the add-ons that users may install",
    answers: { 200: z.array(z.string()) },
  });
  app.get("/api/v1/addons", { schema: names }, () => accessibleAddonNames(context));

  const list = describeRoute({
    tag,
    summary: "List how add-ons present themselves, by name",
    answers: { 200: z.array(apiAddonConfigSchema) },
  });
  app.get("/api/v1/addonconfigs", { schema: list }, async (request) => {
    const { items } = await context.management.list(addonConfigType, { signal: signalOf(request) });
    return items.map(toApiAddonConfig).sort((a, b) => (a.name < b.name ? -1 : 1));
  });

  const get = describeRoute({
    tag,
    summary: "Show how an add-on presents itself",
    answers: { 200: apiAddonConfigSchema },
  });
  app.get<{ Params: { addon_id: string } }>("/api/v1/addonconfigs/:addon_id", { schema: get }, async (request) => {
    const { addon_id: name } = request.params;
    const found = await context.management.find(addonConfigType, { name }, { signal: signalOf(request) });
    if (!found) throw notFound("addon config", name);
    return toApiAddonConfig(found);
  });
}

/** The add-ons of a cluster, as far as they are the users' to install. */
export function addonRoutes(app: FastifyInstance, context: ApiContext): void {
  const { management } = context;
  const list = describeRoute({
    tag,
    summary: "List the add-ons that users have installed in a cluster, by name",
    description: "Those that the platform keeps, the cluster's CNI among them, are not shown.",
    answers: { 200: z.array(apiAddonSchema) },
  });
  app.get<{ Params: ClusterParams }>(collection, { schema: list }, async (request) => {
    const installed = await installedAddons(context, request);
    const accessible = await accessibleAddonNames(context);
    return installed
      .filter(({ metadata: { name = "" } }) => accessible.includes(name))
      .map(toApiAddon)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  });

  const installable = describeRoute({
    tag,
    summary: "List the names of the add-ons that can be installed in a cluster and are not yet",
    answers: { 200: z.array(z.string()) },
  });
  app.get<{ Params: ClusterParams }>("/:cluster_id/installableaddons", { schema: installable }, async (request) => {
    const cluster = await readableCluster(context, request, request.params);
    const installed = new Set((await installedAddons(context, request)).map(({ metadata }) => metadata.name));
    const accessible = await accessibleAddonNames(context);
    return accessible.filter((name) => !installed.has(name) && !obstacle(name, cluster));
  });

  const create = describeRoute({
    tag,
    summary: "Install an add-on in a cluster",
    query: { ...dryRunQuery, ...fieldValidationQuery },
    body: createAddonRequestSchema,
    answers: { 201: apiAddonSchema },
  });
  app.post<{ Params: ClusterParams }>(collection, { schema: create }, async (request, reply) => {
    const dryRun = isDryRun(request.query);
    const body = objectBody(request.body);
    reportUnknownFields(creationFields, body, { request, reply });
    const cluster = await readableCluster(context, request, request.params);
    const accepted = acceptAddon(body);
    await requireAccessible(context, accepted.name);
    const problem = obstacle(accepted.name, cluster);
    if (problem) throw badRequest(problem);
    if (!cluster.status?.namespaceName) throw unavailable(`cluster "${cluster.metadata.name}" is not ready yet`);
    const addon = toAddon(accepted, cluster);
    const { name = "", namespace = "" } = addon.metadata;
    if (await management.find(addonType, { name, namespace }, { signal: signalOf(request) })) {
      throw conflict(`addon "${name}" is installed already`);
    }
    const created = await management.create(addonType, addon, { fieldManager: "fairlead", dryRun });
    return reply.code(201).send(toApiAddon(created));
  });

  const get = describeRoute({ tag, summary: "Show an add-on of a cluster", answers: { 200: apiAddonSchema } });
  app.get<{ Params: AddonParams }>(item, { schema: get }, async (request) =>
    toApiAddon(await readableAddon(context, request)),
  );

  const patch = describeRoute({
    tag,
    summary: "Change an add-on of a cluster",
    description: "spec.variables replaces all variables, null takes them away; what is left out stays.",
    query: { ...dryRunQuery, ...fieldValidationQuery },
    body: patchAddonRequestSchema,
    answers: { 200: apiAddonSchema },
  });
  app.patch<{ Params: AddonParams }>(item, { schema: patch }, async (request, reply) => {
    const dryRun = isDryRun(request.query);
    const body = patchBody(request.body);
    reportUnknownFields(patchFields, body, { request, reply });
    const changed = await retryConflicts(`addon "${request.params.addon_id}"`, async () => {
      const wanted = patchedAddon(await readableAddon(context, request), body);
      return management.replace(addonType, wanted, { fieldManager: "fairlead", dryRun });
    });
    return toApiAddon(changed);
  });

  const remove = describeRoute({
    tag,
    summary: "Remove an add-on from a cluster, with its objects",
    description: "Definitions of custom resources stay while there are objects of them.",
    query: dryRunQuery,
    answers: { 200: emptyAnswerSchema },
  });
  app.delete<{ Params: AddonParams }>(item, { schema: remove }, async (request) => {
    const dryRun = isDryRun(request.query);
    const { metadata } = await readableAddon(context, request);
    const { name = "", namespace = "", uid } = metadata;
    await management.delete(addonType, { name, namespace }, { preconditions: { uid }, dryRun });
    return {};
  });
}

async function installedAddons(context: ApiContext, request: FastifyRequest<{ Params: ClusterParams }>) {
  await readableCluster(context, request, request.params);
  const namespace = clusterNamespace(request.params.cluster_id);
  return (await context.management.list(addonType, { namespace, signal: signalOf(request) })).items;
}

/** @throws ApiError 401 if it is not the users' to see, 404 if it is not installed */
async function readableAddon(context: ApiContext, request: FastifyRequest<{ Params: AddonParams }>) {
  const { cluster_id: id, addon_id: name } = request.params;
  await readableCluster(context, request, request.params);
  await requireAccessible(context, name);
  const ref = { name, namespace: clusterNamespace(id) };
  const found = await context.management.find(addonType, ref, { signal: signalOf(request) });
  if (!found) throw notFound("addon", name);
  return found;
}

function obstacle(name: string, { spec }: Cluster): string | undefined {
  const { type = "none", version = "" } = spec.cniPlugin ?? {};
  return addonObstacle(name, { type, version });
}
