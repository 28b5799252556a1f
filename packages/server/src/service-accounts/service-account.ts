import { type KubeClient, StatusError } from "@fairlead/kube";
import {
  type ApiServiceAccount,
  roleOfGroup,
  serviceAccountPrefix,
  type User,
  type UserProjectBinding,
  userType,
} from "@fairlead/resources";
import type { ApiContext } from "../api-context.ts";
import { fieldSelector } from "../authorization/memberships.ts";
import { notFound } from "../http/api-error.ts";
import { zeroTime } from "../http/time.ts";
import { ownDomain } from "../members/email.ts";

/** As KKP has it: a User whose name and address begin with `serviceaccount-`, which belongs to one project. */
export function serviceAccountUser({ id, name, projectId }: { id: string; name: string; projectId: string }): User {
  const account = `${serviceAccountPrefix}${id}`;
  return {
    metadata: { name: account },
    spec: { id: account, name, email: serviceAccountEmail(id), project: projectId, admin: false },
  };
}

function serviceAccountEmail(id: string): string {
  return `${serviceAccountPrefix}${id}@${ownDomain}`;
}

/** `abcdefghij` of `serviceaccount-abcdefghij`. */
export function serviceAccountId({ metadata: { name = "" } }: User): string {
  return name.slice(serviceAccountPrefix.length);
}

export async function serviceAccountsOf(
  management: KubeClient,
  projectId: string,
  signal: AbortSignal,
): Promise<User[]> {
  const { items } = await management.list(userType, {
    fieldSelector: fieldSelector({ "spec.project": projectId }),
    signal,
  });
  return items.filter(({ metadata }) => metadata.name?.startsWith(serviceAccountPrefix));
}

/** @throws ApiError 404 if the project has no such account, whether or not another one has */
export async function existingServiceAccount(
  { management }: ApiContext,
  { project_id: projectId, serviceaccount_id: id }: { project_id: string; serviceaccount_id: string },
  signal: AbortSignal,
): Promise<User> {
  const user = await management.find(userType, { name: `${serviceAccountPrefix}${id}` }, { signal }).catch(noSuchName);
  if (user?.spec.project !== projectId || user.metadata.deletionTimestamp) throw notFound("service account", id);
  return user;
}

/** A name that cannot be one is refused by the API server, in other words than one that is not there. */
function noSuchName(error: unknown): undefined {
  if (error instanceof StatusError && error.code === 400) return undefined;
  throw error;
}

export function toApiServiceAccount(user: User, bindings: readonly UserProjectBinding[]): ApiServiceAccount {
  const { metadata, spec } = user;
  const [binding] = bindings.filter(({ spec: { group, projectID } }) => roleOfGroup(group, projectID));
  return {
    id: serviceAccountId(user),
    name: spec.name,
    creationTimestamp: metadata.creationTimestamp ?? zeroTime,
    status: metadata.deletionTimestamp ? "Terminating" : binding ? "Active" : "Inactive",
    group: binding?.spec.group ?? "",
  };
}
