import {
  type ApiCluster,
  apiClusterSchema,
  type Cluster,
  clusterType,
  createClusterRequestSchema,
  emptyAnswerSchema,
  patchClusterRequestSchema,
  structuralSchema,
} from "@fairlead/resources";
import type { FastifyInstance, FastifyReply } from "fastify";
import { z } from "zod";
import type { ApiContext } from "../api-context.ts";
import { noteChange } from "../audit/record.ts";
import { ifMatchNote, tagged } from "../http/entity-tag.ts";
import { objectBody } from "../http/json-body.ts";
import { patchBody } from "../http/merge-patch.ts";
import { dryRunQuery, fieldValidationQuery, isDryRun } from "../http/query.ts";
import { reportUnknownFields } from "../http/unknown-field-policy.ts";
import { addWarnings } from "../http/warnings.ts";
import { describeRoute } from "../openapi/describe-route.ts";
import { editableCluster, toApiCluster } from "./api-cluster.ts";
import { type ClusterParams, type CollectionParams, readableCluster, readableClusters } from "./cluster-access.ts";
import { ClusterCreator } from "./create-cluster.ts";
import { updateCluster } from "./update-cluster.ts";

const tag = "Clusters";
const creationFields = structuralSchema(createClusterRequestSchema);
const patchFields = structuralSchema(patchClusterRequestSchema);

export function clusterRoutes(app: FastifyInstance, context: ApiContext): void {
  const creator = new ClusterCreator(context);

  const list = describeRoute({
    tag,
    summary: "List the clusters of a project, by name",
    answers: { 200: z.array(apiClusterSchema) },
  });
  app.get<{ Params: CollectionParams }>("", { schema: list }, async (request) => {
    const clusters = await readableClusters(context, request, request.params);
    return clusters.map(toApiCluster).sort((a, b) => a.name.localeCompare(b.name) || a.id.localeCompare(b.id));
  });

  const create = describeRoute({
    tag,
    summary: "Create a cluster",
    description: "What is left out is filled in by the network rules. A refusal names every field that is wrong.",
    query: { ...dryRunQuery, ...fieldValidationQuery },
    body: createClusterRequestSchema,
    answers: { 201: apiClusterSchema },
  });
  app.post<{ Params: CollectionParams }>("", { schema: create }, async (request, reply) => {
    const body = objectBody(request.body);
    reportUnknownFields(creationFields, body, { request, reply });
    const { cluster, warnings } = await creator.create(body, request);
    addWarnings(reply, warnings);
    return reply.code(201).send(toApiCluster(cluster));
  });

  const get = describeRoute({ tag, summary: "Show a cluster", answers: { 200: apiClusterSchema } });
  app.get<{ Params: ClusterParams }>("/:cluster_id", { schema: get }, async (request, reply) =>
    answer(reply, await readableCluster(context, request, request.params)),
  );

  const patch = describeRoute({
    tag,
    summary: "Change a cluster by a merge patch (RFC 7396)",
    description: `Every field that the patch carries is applied and judged; null takes a field away, and the network rules fill it in again. ${ifMatchNote}`,
    query: {
      ...dryRunQuery,
      ...fieldValidationQuery,
      skip_kubelet_version_validation: z
        .stringbool()
        .optional()
        .describe("Lets a new Kubernetes version through that the nodes' kubelets do not fit."),
    },
    body: patchClusterRequestSchema,
    answers: { 200: apiClusterSchema },
  });
  app.patch<{ Params: ClusterParams }>("/:cluster_id", { schema: patch }, async (request, reply) => {
    const body = patchBody(request.body);
    reportUnknownFields(patchFields, body, { request, reply });
    const { cluster, warnings } = await updateCluster(context, request, body);
    addWarnings(reply, warnings);
    return answer(reply, cluster);
  });

  const remove = describeRoute({
    tag,
    summary: "Delete a cluster with everything in it",
    query: dryRunQuery,
    answers: { 200: emptyAnswerSchema },
  });
  app.delete<{ Params: ClusterParams }>("/:cluster_id", { schema: remove }, async (request) => {
    const dryRun = isDryRun(request.query);
    const before = await readableCluster(context, request, request.params);
    const { metadata } = before;
    noteChange(request, { before });
    await context.management.delete(
      clusterType,
      { name: metadata.name ?? "" },
      { propagationPolicy: "Background", preconditions: { uid: metadata.uid }, dryRun },
    );
    return {};
  });
}

function answer(reply: FastifyReply, cluster: Cluster): ApiCluster {
  const shown = toApiCluster(cluster);
  return tagged(reply, shown, editableCluster(shown));
}
