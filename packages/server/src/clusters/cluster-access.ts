import { findDatacenter } from "@fairlead/admission";
import { type Cluster, clusterType, projectLabel } from "@fairlead/resources";
import type { FastifyRequest } from "fastify";
import type { ApiContext } from "../api-context.ts";
import { notFound } from "../http/api-error.ts";
import { signalOf } from "../http/request-signal.ts";
import { readableProject } from "../projects/project-access.ts";

export interface CollectionParams {
  project_id: string;
  /** Only at the older of the two addresses of clusters: the seed that they belong to. */
  seed?: string;
}

export interface ClusterParams extends CollectionParams {
  cluster_id: string;
}

/** The clusters of a project, and of the seed if one is named. @throws ApiError 403 for strangers */
export async function readableClusters(
  context: ApiContext,
  request: FastifyRequest,
  { project_id: projectId, seed }: CollectionParams,
): Promise<Cluster[]> {
  await readableProject(context, request, projectId);
  const labelSelector = `${projectLabel}=${projectId}`;
  const { items } = await context.reads.read(`clusters of ${projectId}`, (signal) =>
    context.management.list(clusterType, { labelSelector, signal }),
  );
  signalOf(request).throwIfAborted();
  const here = await Promise.all(items.map((cluster) => belongsTo(context, cluster, seed)));
  return items.filter((_, index) => here[index]);
}

/** @throws ApiError 404 if the project has no such cluster, whether or not another one has; 403 for strangers */
export async function readableCluster(
  context: ApiContext,
  request: FastifyRequest,
  { project_id: projectId, cluster_id: id, seed }: ClusterParams,
): Promise<Cluster> {
  await readableProject(context, request, projectId);
  const cluster = await context.management.find(clusterType, { name: id }, { signal: signalOf(request) });
  if (cluster?.metadata.labels?.[projectLabel] !== projectId) throw notFound("cluster", id);
  if (!(await belongsTo(context, cluster, seed))) throw notFound("cluster", id);
  return cluster;
}

async function belongsTo(context: ApiContext, { spec }: Cluster, seed: string | undefined): Promise<boolean> {
  if (seed === undefined) return true;
  const home = findDatacenter(await context.installation.read(), spec.cloud.dc)?.seed;
  return home?.metadata.name === seed;
}
