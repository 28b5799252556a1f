import { clusterType, createClusterRequestSchema, projectLabel, structuralSchema } from "@fairlead/resources";
import type { FastifyInstance } from "fastify";
import type { ApiContext } from "../api-context.ts";
import { objectBody } from "../http/json-body.ts";
import { signalOf } from "../http/request-signal.ts";
import { reportUnknownFields } from "../http/unknown-field-policy.ts";
import { addWarnings } from "../http/warnings.ts";
import { readableProject } from "../projects/project-access.ts";
import { toApiCluster } from "./api-cluster.ts";
import { type ClusterParams, readableCluster } from "./cluster-access.ts";
import { ClusterCreator } from "./create-cluster.ts";

const collection = "/api/v2/projects/:project_id/clusters";
const requestSchema = structuralSchema(createClusterRequestSchema);

export function clusterRoutes(app: FastifyInstance, context: ApiContext): void {
  const { management } = context;
  const creator = new ClusterCreator(context);

  app.get<{ Params: { project_id: string } }>(collection, async (request) => {
    const { metadata } = await readableProject(context, request, request.params.project_id);
    const labelSelector = `${projectLabel}=${metadata.name}`;
    const { items } = await management.list(clusterType, { labelSelector, signal: signalOf(request) });
    return items.map(toApiCluster).sort((a, b) => a.name.localeCompare(b.name) || a.id.localeCompare(b.id));
  });

  app.post<{ Params: { project_id: string } }>(collection, async (request, reply) => {
    const body = objectBody(request.body);
    reportUnknownFields(requestSchema, body, { request, reply });
    const { cluster, warnings } = await creator.create(body, request, request.params.project_id);
    addWarnings(reply, warnings);
    return reply.code(201).send(toApiCluster(cluster));
  });

  app.get<{ Params: ClusterParams }>(`${collection}/:cluster_id`, async (request) =>
    toApiCluster(await readableCluster(context, request, request.params)),
  );

  app.delete<{ Params: ClusterParams }>(`${collection}/:cluster_id`, async (request) => {
    const { metadata } = await readableCluster(context, request, request.params);
    const preconditions = { uid: metadata.uid };
    await management.delete(
      clusterType,
      { name: metadata.name ?? "" },
      { propagationPolicy: "Background", preconditions },
    );
    return {};
  });
}
