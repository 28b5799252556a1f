import {
  type Admission,
  admitAddon,
  admitApplicationDefinition,
  admitApplicationInstallation,
  admitCluster,
  admitClusterTemplate,
  admitDefinitionDeletion,
  admitTemplateDeletion,
  type Installation,
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
  clusterTemplateAnnotation,
  clusterTemplateType,
  clusterType,
  projectLabel,
  projectType,
} from "@fairlead/resources";
import type { AdmissionRequest } from "./admission-review.ts";

export interface ReviewContext {
  readonly management: KubeClient;
  readonly installation: () => Promise<Installation>;
  /** Whether this is the user name of Fairlead itself. */
  readonly isFairlead: (username: string) => boolean;
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
    const [installation, project, template] = await Promise.all([
      context.installation(),
      projectOf(write, context),
      templateOf(write, context),
    ]);
    return admitCluster({ ...write, project, template }, installation);
  },
};

async function templateOf({ operation, object }: WriteRequest<Cluster>, { management, signal }: ReviewContext) {
  const name = object.metadata.annotations?.[clusterTemplateAnnotation];
  return operation === "CREATE" && name ? await management.find(clusterTemplateType, { name }, { signal }) : undefined;
}

async function projectOf({ operation, object }: WriteRequest<Cluster>, { management, signal }: ReviewContext) {
  const name = object.metadata.labels?.[projectLabel];
  return operation === "CREATE" && name ? await management.find(projectType, { name }, { signal }) : undefined;
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
    const inUse = context.isFairlead(request.userInfo.username)
      ? new Set<string>()
      : await cniVersionsInUse(request, context);
    if (request.operation !== "DELETE") {
      return admitApplicationDefinition({ ...writeOf<ApplicationDefinition>(request), cniVersionsInUse: inUse });
    }
    const object = deleted<ApplicationDefinition>(request);
    return { errors: admitDefinitionDeletion(object, inUse), warnings: [], object };
  },
};

/** By the Clusters, since only those that can be reached have an installation to ask. */
async function cniVersionsInUse(
  { operation, name }: AdmissionRequest,
  { management, signal }: ReviewContext,
): Promise<Set<string>> {
  const versions = new Set<string>();
  if (operation === "CREATE") return versions;
  for await (const { items } of management.pages(clusterType, { signal })) {
    for (const { spec } of items) {
      if (spec.cniPlugin?.type === name && spec.cniPlugin.version) versions.add(spec.cniPlugin.version);
    }
  }
  return versions;
}

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
  review: async (request, { management, isFairlead, signal }) => {
    const write = writeOf<ApplicationInstallation>(request);
    const name = write.object.spec?.applicationRef?.name;
    // Before the API server checks the schema it may be anything.
    const found = typeof name === "string" && name !== "";
    const definition = found ? await management.find(applicationDefinitionType, { name }, { signal }) : undefined;
    return admitApplicationInstallation({ ...write, definition, byFairlead: isFairlead(request.userInfo.username) });
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
