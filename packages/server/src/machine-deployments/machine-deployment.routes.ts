import { builtin, type KubeClient } from "@fairlead/kube";
import {
  apiNodeDeploymentSchema,
  apiNodeSchema,
  emptyAnswerSchema,
  type MachineDeployment,
  machineDeploymentType,
  nodeDeploymentSchema,
  patchNodeDeploymentSchema,
  structuralSchema,
} from "@fairlead/resources";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import type { ApiContext } from "../api-context.ts";
import { toApiNode } from "../clusters/api-node.ts";
import { type ClusterParams, readableCluster } from "../clusters/cluster-access.ts";
import { inUserCluster } from "../clusters/user-cluster.ts";
import { notFound } from "../http/api-error.ts";
import { objectBody } from "../http/json-body.ts";
import { patchBody } from "../http/merge-patch.ts";
import { dryRunQuery, fieldValidationQuery, isDryRun } from "../http/query.ts";
import { signalOf } from "../http/request-signal.ts";
import { reportUnknownFields } from "../http/unknown-field-policy.ts";
import { newObjectId } from "../object-id.ts";
import { describeRoute } from "../openapi/describe-route.ts";
import { machineNamespace, toApiNodeDeployment, toMachineDeployment } from "./node-deployment.ts";
import { acceptNodeDeployment } from "./node-deployment-request.ts";
import { patchMachineDeployment } from "./patch-machine-deployment.ts";

interface MachineDeploymentParams extends ClusterParams {
  machinedeployment_id: string;
}

const collection = "/:cluster_id/machinedeployments";
const item = `${collection}/:machinedeployment_id`;
const tag = "Nodes";
/** Says which simulated nodes are a MachineDeployment's. */
const nodeLabel = "fairlead.dev/machine-deployment";
const creationFields = structuralSchema(nodeDeploymentSchema);
const patchFields = structuralSchema(patchNodeDeploymentSchema);

/** Groups of equal nodes: MachineDeployments in the user cluster. */
export function machineDeploymentRoutes(app: FastifyInstance, context: ApiContext): void {
  const list = describeRoute({
    tag,
    summary: "List the groups of nodes of a cluster, by name",
    answers: { 200: z.array(apiNodeDeploymentSchema) },
  });
  app.get<{ Params: ClusterParams }>(collection, { schema: list }, async (request) => {
    await readableCluster(context, request, request.params);
    const { items } = await inUserCluster(context, request.params.cluster_id, (client) =>
      client.list(machineDeploymentType, { namespace: machineNamespace, signal: signalOf(request) }),
    );
    return items.map(toApiNodeDeployment).sort((a, b) => (a.name < b.name ? -1 : 1));
  });

  const create = describeRoute({
    tag,
    summary: "Create a group of nodes",
    query: { ...dryRunQuery, ...fieldValidationQuery },
    body: nodeDeploymentSchema,
    answers: { 201: apiNodeDeploymentSchema },
  });
  app.post<{ Params: ClusterParams }>(collection, { schema: create }, async (request, reply) => {
    const { cluster_id: id } = request.params;
    const dryRun = isDryRun(request.query);
    const body = objectBody(request.body);
    reportUnknownFields(creationFields, body, { request, reply });
    const cluster = await readableCluster(context, request, request.params);
    const accepted = acceptNodeDeployment(body, cluster);
    const wanted = toMachineDeployment(accepted, accepted.name || `${id}-worker-${newObjectId()}`);
    const created = await inUserCluster(context, id, (client) =>
      client.create(machineDeploymentType, wanted, { fieldManager: "fairlead", dryRun }),
    );
    return reply.code(201).send(toApiNodeDeployment(created));
  });

  const get = describeRoute({ tag, summary: "Show a group of nodes", answers: { 200: apiNodeDeploymentSchema } });
  app.get<{ Params: MachineDeploymentParams }>(item, { schema: get }, async (request) =>
    toApiNodeDeployment(await withMachineDeployment(context, request, async (_, found) => found)),
  );

  const patch = describeRoute({
    tag,
    summary: "Change a group of nodes by a merge patch (RFC 7396), for example their number",
    query: { ...dryRunQuery, ...fieldValidationQuery },
    body: patchNodeDeploymentSchema,
    answers: { 200: apiNodeDeploymentSchema },
  });
  app.patch<{ Params: MachineDeploymentParams }>(item, { schema: patch }, async (request, reply) => {
    const dryRun = isDryRun(request.query);
    const body = patchBody(request.body);
    reportUnknownFields(patchFields, body, { request, reply });
    const cluster = await readableCluster(context, request, request.params);
    const name = request.params.machinedeployment_id;
    const changed = await inUserCluster(context, request.params.cluster_id, (client) =>
      patchMachineDeployment({ client, cluster, name, patch: body, dryRun, signal: signalOf(request) }),
    );
    return toApiNodeDeployment(changed);
  });

  const remove = describeRoute({
    tag,
    summary: "Delete a group of nodes",
    query: dryRunQuery,
    answers: { 200: emptyAnswerSchema },
  });
  app.delete<{ Params: MachineDeploymentParams }>(item, { schema: remove }, async (request) => {
    const dryRun = isDryRun(request.query);
    await withMachineDeployment(context, request, (client, { metadata: { name = "", uid } }) => {
      const ref = { name, namespace: machineNamespace };
      const options = { propagationPolicy: "Background", preconditions: { uid }, dryRun } as const;
      return client.delete(machineDeploymentType, ref, options);
    });
    return {};
  });

  const nodes = describeRoute({
    tag,
    summary: "List the nodes of a group, by name",
    answers: { 200: z.array(apiNodeSchema) },
  });
  app.get<{ Params: MachineDeploymentParams }>(`${item}/nodes`, { schema: nodes }, async (request) => {
    const { items } = await withMachineDeployment(context, request, (client, { metadata }) =>
      client.list(builtin.Node, { labelSelector: `${nodeLabel}=${metadata.name}`, signal: signalOf(request) }),
    );
    return items.map(toApiNode).sort((a, b) => (a.name < b.name ? -1 : 1));
  });
}

/** Works with one group of nodes. @throws ApiError 404 if there is none of that name, 503 until the cluster answers */
async function withMachineDeployment<T>(
  context: ApiContext,
  request: FastifyRequest<{ Params: MachineDeploymentParams }>,
  run: (client: KubeClient, found: MachineDeployment) => Promise<T>,
): Promise<T> {
  const { cluster_id: id, machinedeployment_id: name } = request.params;
  await readableCluster(context, request, request.params);
  return inUserCluster(context, id, async (client) => {
    const ref = { name, namespace: machineNamespace };
    const found = await client.find(machineDeploymentType, ref, { signal: signalOf(request) });
    if (!found) throw notFound("machine deployment", name);
    return run(client, found);
  });
}
