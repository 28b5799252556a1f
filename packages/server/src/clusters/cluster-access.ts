import { type Cluster, clusterType, projectLabel } from "@fairlead/resources";
import type { FastifyRequest } from "fastify";
import type { ApiContext } from "../api-context.ts";
import { notFound } from "../http/api-error.ts";
import { signalOf } from "../http/request-signal.ts";
import { readableProject } from "../projects/project-access.ts";

export interface ClusterParams {
  project_id: string;
  cluster_id: string;
}

/** @throws ApiError 404 if the project has no such cluster, whether or not another one has; 403 for strangers */
export async function readableCluster(
  context: ApiContext,
  request: FastifyRequest,
  params: ClusterParams,
): Promise<Cluster> {
  await readableProject(context, request, params.project_id);
  const cluster = await context.management.find(
    clusterType,
    { name: params.cluster_id },
    { signal: signalOf(request) },
  );
  if (cluster?.metadata.labels?.[projectLabel] !== params.project_id) throw notFound("cluster", params.cluster_id);
  return cluster;
}
