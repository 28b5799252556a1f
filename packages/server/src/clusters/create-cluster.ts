import { findDatacenter } from "@fairlead/admission";
import { isAlreadyExists } from "@fairlead/kube";
import { type Cluster, clusterType, projectLabel } from "@fairlead/resources";
import type { FastifyRequest } from "fastify";
import type { ApiContext } from "../api-context.ts";
import { userOf } from "../authentication/authenticate.ts";
import { mayUseDatacenter } from "../datacenters/datacenter-access.ts";
import { badRequest, forbidden } from "../http/api-error.ts";
import type { JsonObject } from "../http/json-body.ts";
import { isDryRun } from "../http/query.ts";
import { newObjectId } from "../object-id.ts";
import { writableProject } from "../projects/project-access.ts";
import type { CollectionParams } from "./cluster-access.ts";
import { type AcceptedRequest, acceptRequest } from "./cluster-request.ts";
import { initialRequestAnnotations } from "./initial-requests.ts";
import { withoutSystemLabels } from "./labels.ts";

export interface CreatedCluster {
  cluster: Cluster;
  warnings: string[];
}

export class ClusterCreator {
  readonly #context: ApiContext;

  constructor(context: ApiContext) {
    this.#context = context;
  }

  /** Stores nothing unless every check passes. @throws ApiError */
  async create(body: JsonObject, request: FastifyRequest<{ Params: CollectionParams }>): Promise<CreatedCluster> {
    const { project_id: projectId, seed } = request.params;
    const dryRun = isDryRun(request.query);
    const installation = await this.#context.installation.read();
    const accepted = acceptRequest(body, installation);
    const annotations = initialRequestAnnotations(accepted.request);
    const dc = accepted.spec.cloud.dc;
    const home = findDatacenter(installation, dc)?.seed;
    const datacenter = home?.spec.datacenters?.[dc];
    if (seed && home?.metadata.name !== seed) throw badRequest(`datacenter "${dc}" is not one of seed "${seed}"`);
    if (datacenter && !mayUseDatacenter(userOf(request), datacenter)) {
      throw forbidden(`datacenter "${dc}" is kept for certain e-mail addresses`);
    }
    await writableProject(this.#context, request, projectId);
    const cluster = await this.#context.clusterNames.claim({ projectId, name: accepted.spec.humanReadableName }, () =>
      this.#store(accepted, { annotations, projectId, dryRun }),
    );
    if (!dryRun) await this.#recordOwner(cluster, request);
    return { cluster, warnings: accepted.warnings.map(({ field, message }) => `${field}: ${message}`) };
  }

  async #store(
    { request, spec }: AcceptedRequest,
    { annotations, projectId, dryRun }: { annotations: Record<string, string>; projectId: string; dryRun: boolean },
  ): Promise<Cluster> {
    const labels = { ...withoutSystemLabels(request.cluster.labels), [projectLabel]: projectId };
    for (;;) {
      const cluster: Cluster = { metadata: { name: newObjectId(), labels, annotations }, spec };
      try {
        return await this.#context.management.create(clusterType, cluster, { fieldManager: "fairlead", dryRun });
      } catch (error) {
        if (!isAlreadyExists(error)) throw error; // by chance the id was taken
      }
    }
  }

  /** For people to see whose cluster it is; the cluster exists and works without. */
  async #recordOwner(cluster: Cluster, request: FastifyRequest): Promise<void> {
    const { email, name } = userOf(request);
    const status = { userEmail: email, userName: name };
    await this.#context.management
      .mergePatchStatus(clusterType, { name: cluster.metadata.name ?? "" }, { status }, { fieldManager: "fairlead" })
      .catch((err: unknown) => request.log.warn({ err, cluster: cluster.metadata.name }, "Leaving the owner out"));
  }
}
