import { atBirth, findDatacenter, withTemplateRequests } from "@fairlead/admission";
import { isAlreadyExists } from "@fairlead/kube";
import {
  type Cluster,
  type ClusterOwner,
  clusterTemplateAnnotation,
  clusterType,
  projectLabel,
} from "@fairlead/resources";
import type { FastifyRequest } from "fastify";
import type { ApiContext } from "../api-context.ts";
import { noteChange } from "../audit/record.ts";
import { userOf } from "../authentication/authenticate.ts";
import { requireOwnerForUnsafeLabels } from "../authorization/unsafe-labels.ts";
import { readableTemplate } from "../cluster-templates/template-access.ts";
import { mayUseDatacenter } from "../datacenters/datacenter-access.ts";
import { ApiError, badRequest, forbidden, invalidObject } from "../http/api-error.ts";
import { isObject, type JsonObject } from "../http/json-body.ts";
import { isDryRun } from "../http/query.ts";
import { withTrace } from "../http/trace-requests.ts";
import { newObjectId } from "../object-id.ts";
import { readableProject, writableProject } from "../projects/project-access.ts";
import type { CollectionParams } from "./cluster-access.ts";
import { type AcceptedRequest, acceptRequest } from "./cluster-request.ts";
import { initialRequestAnnotations } from "./initial-requests.ts";
import { withoutSystemLabels } from "./labels.ts";

export interface CreatedCluster {
  cluster: Cluster;
  warnings: string[];
}

interface Particulars {
  annotations: Record<string, string>;
  projectId: string;
  /** For people to see whose cluster it is. */
  owner: ClusterOwner;
  dryRun: boolean;
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
    const template = await this.#template(body, request);
    const accepted = acceptRequest(body, installation, template);
    requireOwnerForUnsafeLabels(request, accepted.request.cluster.labels);
    const annotations = withTemplateRequests(
      {
        ...initialRequestAnnotations(accepted.request),
        ...(template ? { [clusterTemplateAnnotation]: template.metadata.name ?? "" } : {}),
      },
      { spec: accepted.spec, template, installation },
    );
    const dc = accepted.spec.cloud.dc;
    const home = findDatacenter(installation, dc)?.seed;
    const datacenter = home?.spec.datacenters?.[dc];
    if (seed && home?.metadata.name !== seed) throw badRequest(`datacenter "${dc}" is not one of seed "${seed}"`);
    if (datacenter && !mayUseDatacenter(userOf(request), datacenter)) {
      throw forbidden(`datacenter "${dc}" is kept for certain e-mail addresses`);
    }
    await writableProject(this.#context, request, projectId);
    const claim = { projectId, name: accepted.spec.humanReadableName, dryRun };
    const cluster = await this.#context.clusterNames.claim(claim, () =>
      this.#store(accepted, { annotations, projectId, owner: userOf(request), dryRun }),
    );
    noteChange(request, { after: cluster });
    return { cluster, warnings: accepted.warnings.map(({ field, message }) => `${field}: ${message}`) };
  }

  /** The template that the cluster's annotation names. @throws ApiError 400 if it is none that the user may use */
  async #template(body: JsonObject, request: FastifyRequest<{ Params: CollectionParams }>) {
    const annotations = isObject(body.cluster) ? body.cluster.annotations : undefined;
    const name = isObject(annotations) ? annotations[clusterTemplateAnnotation] : undefined;
    if (typeof name !== "string" || name === "") return undefined;
    const params = { project_id: request.params.project_id, template_id: name };
    await readableProject(this.#context, request, params.project_id);
    try {
      return await readableTemplate(this.#context, request, params);
    } catch (error) {
      if (!(error instanceof ApiError) || error.statusCode >= 500) throw error;
      const field = `annotations["${clusterTemplateAnnotation}"]`;
      throw invalidObject("cluster", [{ reason: "FieldValueInvalid", field, value: name, message: error.message }]);
    }
  }

  async #store(
    { request, spec }: AcceptedRequest,
    { annotations, projectId, owner, dryRun }: Particulars,
  ): Promise<Cluster> {
    const labels = { ...withoutSystemLabels(request.cluster.labels), [projectLabel]: projectId };
    for (;;) {
      const object: Cluster = { metadata: withTrace({ name: newObjectId(), labels, annotations }), spec };
      const cluster = atBirth(object, { defaultNodes: this.#context.defaultNodes, owner });
      try {
        return await this.#context.management.create(clusterType, cluster, { fieldManager: "fairlead", dryRun });
      } catch (error) {
        if (!isAlreadyExists(error)) throw error; // by chance the id was taken
      }
    }
  }
}
