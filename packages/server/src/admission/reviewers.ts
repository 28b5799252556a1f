import {
  type Admission,
  admitAddon,
  admitApplicationDefinition,
  admitApplicationInstallation,
  admitCluster,
  admitClusterTemplate,
  admitDefinitionDeletion,
  admitTemplateDeletion,
  allowedChartAddresses,
  atBirth,
  type Installation,
  type WebhookPhase,
  type WriteRequest,
} from "@fairlead/admission";
import type { KubeClient, KubeObject, ResourceType } from "@fairlead/kube";
import {
  type Addon,
  type ApplicationDefinition,
  type ApplicationInstallation,
  addonType,
  applicationDefinitionType,
  applicationInstallationType,
  type Cluster,
  type ClusterTemplate,
  clusterNamespace,
  clusterOwnerAnnotation,
  clusterTemplateAnnotation,
  clusterTemplateType,
  clusterType,
  type Project,
  parseClusterOwner,
  projectLabel,
  projectType,
} from "@fairlead/resources";
import { cniVersionsInUse } from "../applications/cni-versions-in-use.ts";
import type { SharedReads } from "../shared-reads.ts";
import type { AdmissionRequest } from "./admission-review.ts";
import { writerProblems } from "./writer-access.ts";

export interface ReviewContext {
  readonly management: KubeClient;
  readonly reads: SharedReads;
  readonly installation: () => Promise<Installation>;
  readonly phase: WebhookPhase;
  /** Of a new cluster whose creator does not say how many. */
  readonly defaultNodes: number;
  /** Whether this is the user name of Fairlead itself. */
  readonly isFairlead: (username: string) => boolean;
  /** The user cluster whose API server asks; undefined for the management API. */
  readonly clusterId?: string | undefined;
  readonly signal: AbortSignal;
}

/** Reads what the judgement needs to know beside the object, and judges. */
export interface Reviewer {
  readonly type: ResourceType;
  readonly review: (request: AdmissionRequest, context: ReviewContext) => Promise<Admission>;
}

const reviewCluster: Reviewer = {
  type: clusterType,
  review: async (request, context) => {
    const write = writeOf<Cluster>(request);
    const [installation, template] = await Promise.all([context.installation(), templateOf(write, context)]);
    if (context.phase === "mutate") {
      // What is stored does not depend on project and writer: the validating webhook asks for them. Whoever is refused
      // here for other reasons is told those, too.
      const admission = admitCluster({ ...write, project: presumedProject, template }, installation);
      if (admission.errors.length === 0) {
        if (write.oldObject) return admission;
        const birth = { defaultNodes: context.defaultNodes, owner: ownerOf(request, context) };
        return { ...admission, object: atBirth(admission.object, birth) };
      }
    }
    const [project, forbidden] = await Promise.all([
      projectOf(write, context),
      context.isFairlead(request.userInfo.username) ? [] : writerProblems(request, context),
    ]);
    const admission = admitCluster({ ...write, project, template }, installation);
    return { ...admission, errors: [...forbidden, ...admission.errors] };
  },
};

/** Whoever writes; what Fairlead creates says for whom. */
function ownerOf({ object, userInfo: { username } }: AdmissionRequest, { isFairlead }: ReviewContext) {
  if (isFairlead(username)) return parseClusterOwner(object?.metadata.annotations?.[clusterOwnerAnnotation]);
  return username.includes("@") ? { email: username, name: username } : undefined;
}

const presumedProject: Project = { metadata: {}, spec: { name: "" } };

async function templateOf({ operation, object }: WriteRequest<Cluster>, { management, signal }: ReviewContext) {
  const name = object.metadata.annotations?.[clusterTemplateAnnotation];
  return operation === "CREATE" && name ? await management.find(clusterTemplateType, { name }, { signal }) : undefined;
}

async function projectOf({ operation, object }: WriteRequest<Cluster>, { management, reads }: ReviewContext) {
  const name = object.metadata.labels?.[projectLabel];
  if (operation !== "CREATE" || !name) return undefined;
  return await reads.read(`project ${name}`, (signal) => management.find(projectType, { name }, { signal }));
}

const reviewClusterTemplate: Reviewer = {
  type: clusterTemplateType,
  review: async (request, { installation }) => {
    if (request.operation !== "DELETE") {
      return admitClusterTemplate(writeOf<ClusterTemplate>(request), await installation());
    }
    const object = deleted<ClusterTemplate>(request);
    return { errors: admitTemplateDeletion(object, await installation()), warnings: [], object };
  },
};

const reviewApplicationDefinition: Reviewer = {
  type: applicationDefinitionType,
  review: async (request, context) => {
    const { management, isFairlead, signal } = context;
    const spared = isFairlead(request.userInfo.username) || request.operation === "CREATE";
    const inUse = spared ? new Set<string>() : await cniVersionsInUse(management, request.name, signal);
    if (request.operation !== "DELETE") {
      const allowedAddresses = allowedChartAddresses(await context.installation());
      const write = writeOf<ApplicationDefinition>(request);
      return admitApplicationDefinition({ ...write, cniVersionsInUse: inUse, allowedAddresses });
    }
    const object = deleted<ApplicationDefinition>(request);
    return { errors: admitDefinitionDeletion(object, inUse), warnings: [], object };
  },
};

const reviewAddon: Reviewer = {
  type: addonType,
  review: async (request, context) => {
    const write = writeOf<Addon>(request);
    return admitAddon({ ...write, cluster: await clusterOf(request, context) });
  },
};

async function clusterOf({ operation, namespace }: AdmissionRequest, { management, signal }: ReviewContext) {
  const prefix = clusterNamespace("");
  if (operation !== "CREATE" || !namespace.startsWith(prefix)) return undefined;
  return await management.find(clusterType, { name: namespace.slice(prefix.length) }, { signal });
}

const reviewApplicationInstallation: Reviewer = {
  type: applicationInstallationType,
  review: async (request, { management, isFairlead, clusterId, signal }) => {
    const write = writeOf<ApplicationInstallation>(request);
    const byFairlead = isFairlead(request.userInfo.username);
    const name = write.object.spec?.applicationRef?.name;
    // Before the API server checks the schema it may be anything.
    const found = typeof name === "string" && name !== "";
    const [definition, cluster] = await Promise.all([
      found ? management.find(applicationDefinitionType, { name }, { signal }) : undefined,
      clusterId && !byFairlead ? management.find(clusterType, { name: clusterId }, { signal }) : undefined,
    ]);
    return admitApplicationInstallation({ ...write, definition, cluster, byFairlead });
  },
};

export const managementReviewers: readonly Reviewer[] = [
  reviewCluster,
  reviewClusterTemplate,
  reviewApplicationDefinition,
  reviewAddon,
];
export const userClusterReviewers: readonly Reviewer[] = [reviewApplicationInstallation];

/** The API server checks the shape after the mutating webhooks: the judgements take anything below `spec`. */
function writeOf<T extends KubeObject>({ operation, object, oldObject }: AdmissionRequest): WriteRequest<T> {
  if (operation === "DELETE" || !object)
    throw new TypeError(`AdmissionReview: ${operation} without an object to judge`);
  if (operation === "CREATE") return { operation, object: object as T };
  if (!oldObject) throw new TypeError("AdmissionReview: UPDATE without oldObject");
  return { operation, object: object as T, oldObject: oldObject as T };
}

function deleted<T extends KubeObject>({ oldObject }: AdmissionRequest): T {
  if (!oldObject) throw new TypeError("AdmissionReview: DELETE without oldObject");
  return oldObject as T;
}
