import { addedUnsafeLabels } from "@fairlead/admission";
import type { KubeClient } from "@fairlead/kube";
import { type ApiFieldError, clusterType, projectLabel } from "@fairlead/resources";
import { MembershipReader } from "../authorization/memberships.ts";
import type { AdmissionRequest } from "./admission-review.ts";

const field = `metadata.labels[${projectLabel}]`;

/**
 * What RBAC cannot say of a write by kubectl: in which project a Cluster may be created, and who may add labels `unsafe-*`.
 * Members of the project may by their role; so may whoever may list all Clusters, which is how administrators are known.
 */
export async function writerProblems(
  { operation, object, oldObject, userInfo }: AdmissionRequest,
  { management, signal }: { management: KubeClient; signal: AbortSignal },
): Promise<ApiFieldError[]> {
  const wanted = object?.metadata.labels;
  const unsafe = addedUnsafeLabels(wanted, oldObject?.metadata.labels);
  const projectId = wanted?.[projectLabel];
  if (typeof projectId !== "string" || (operation !== "CREATE" && unsafe.length === 0)) return [];
  // First, since it is one question; memberships are two lists.
  if (await mayListClusters(management, userInfo, signal)) return [];
  const user = { email: userInfo.username.toLowerCase(), groups: userInfo.groups };
  const roles = (await new MembershipReader(management).read(user, signal, projectId)).get(projectId);
  const isOwner = roles?.has("owners") ?? false;
  if (isOwner || ((roles?.has("editors") ?? false) && unsafe.length === 0)) return [];
  const problems: ApiFieldError[] = [];
  if (operation === "CREATE" && !roles?.has("editors")) {
    const message = `"${userInfo.username}" is no owner or editor of the project`;
    problems.push({ reason: "FieldValueForbidden", field, message, code: "project-membership" });
  }
  for (const name of unsafe) {
    const message = "only owners of the project and administrators may set it";
    problems.push({ reason: "FieldValueForbidden", field: `metadata.labels[${name}]`, message, code: "unsafe-label" });
  }
  return problems;
}

async function mayListClusters(
  management: KubeClient,
  { username, groups }: AdmissionRequest["userInfo"],
  signal: AbortSignal,
): Promise<boolean> {
  const { group, plural: resource } = clusterType;
  const review = await management.request<{ status?: { allowed?: boolean } }>({
    method: "POST",
    path: "/apis/authorization.k8s.io/v1/subjectaccessreviews",
    body: {
      apiVersion: "authorization.k8s.io/v1",
      kind: "SubjectAccessReview",
      spec: { user: username, groups, resourceAttributes: { group, resource, verb: "list" } },
    },
    signal,
  });
  return review.status?.allowed === true;
}
