import type { KubeClient } from "@fairlead/kube";
import {
  bindingGroup,
  type Project,
  type ProjectRole,
  projectType,
  type UserProjectBinding,
  userProjectBindingType,
} from "@fairlead/resources";
import { fieldSelector } from "../authorization/memberships.ts";
import { newObjectId } from "../object-id.ts";

export interface Membership {
  email: string;
  role: ProjectRole;
}

/** Gone with its project, by Kubernetes' garbage collection. */
export async function addMember(
  management: KubeClient,
  { metadata: { name: projectID = "", uid = "" } }: Project,
  { email, role }: Membership,
  { dryRun = false } = {},
): Promise<UserProjectBinding> {
  const { apiVersion, kind } = projectType;
  const binding: UserProjectBinding = {
    metadata: { name: newObjectId(), ownerReferences: [{ apiVersion, kind, name: projectID, uid }] },
    spec: { userEmail: email, projectID, group: bindingGroup(role, projectID) },
  };
  return management.create(userProjectBindingType, binding, { fieldManager: "fairlead", dryRun });
}

/** Those of a project, or those of one address in it. */
export async function bindingsOf(
  management: KubeClient,
  { projectId, email }: { projectId: string; email?: string },
  signal?: AbortSignal,
): Promise<UserProjectBinding[]> {
  const selector = fieldSelector({ "spec.projectID": projectId, ...(email ? { "spec.userEmail": email } : {}) });
  const { items } = await management.list(userProjectBindingType, {
    fieldSelector: selector,
    ...(signal ? { signal } : {}),
  });
  return items.filter(({ metadata }) => !metadata.deletionTimestamp);
}

/** Gives every binding the same role; several make no sense, but kubectl lets them be made. */
export async function changeRole(
  management: KubeClient,
  bindings: readonly UserProjectBinding[],
  { role, dryRun }: { role: ProjectRole; dryRun: boolean },
): Promise<void> {
  for (const { metadata, spec } of bindings) {
    const patch = { spec: { group: bindingGroup(role, spec.projectID) } };
    const options = { fieldManager: "fairlead", dryRun };
    await management.mergePatch(userProjectBindingType, { name: metadata.name ?? "" }, patch, options);
  }
}

export async function removeBindings(
  management: KubeClient,
  bindings: readonly UserProjectBinding[],
  { dryRun }: { dryRun: boolean },
): Promise<void> {
  for (const { metadata } of bindings) {
    const options = { preconditions: { uid: metadata.uid ?? "" }, dryRun };
    await management.deleteIfExists(userProjectBindingType, { name: metadata.name ?? "" }, options);
  }
}
