import type { KubeClient, KubeObject, ResourceType } from "@fairlead/kube";
import {
  type GroupProjectBinding,
  groupProjectBindingType,
  type ProjectRole,
  roleOfGroup,
  type UserProjectBinding,
  userProjectBindingType,
} from "@fairlead/resources";
import type { AuthenticatedUser } from "../authentication/authenticator.ts";

/** The roles that a user has, by project id. */
export type Memberships = ReadonlyMap<string, ReadonlySet<ProjectRole>>;

/**
 * Reads who is a member of what: by UserProjectBindings of the e-mail address and by GroupProjectBindings of the groups.
 * Nothing is cached, so that a member who is removed is out with the next request.
 */
export class MembershipReader {
  readonly #client: KubeClient;

  constructor(client: KubeClient) {
    this.#client = client;
  }

  /** All of the user's memberships, or those in one project. */
  async read(
    { email, groups }: Pick<AuthenticatedUser, "email" | "groups">,
    signal: AbortSignal,
    projectId?: string,
  ): Promise<Memberships> {
    const lists = await Promise.all([
      this.#select<UserProjectBinding>(userProjectBindingType, { "spec.userEmail": email }, projectId, signal),
      ...(projectId !== undefined && groups.length > 1
        ? [this.#ofGroups(groups, projectId, signal)]
        : groups.map((group) =>
            this.#select<GroupProjectBinding>(groupProjectBindingType, { "spec.group": group }, projectId, signal),
          )),
    ]);
    const memberships = new Map<string, Set<ProjectRole>>();
    for (const { metadata, spec } of lists.flat()) {
      const role = "role" in spec ? spec.role : roleOfGroup(spec.group, spec.projectID);
      if (!role || metadata.deletionTimestamp) continue;
      memberships.set(spec.projectID, (memberships.get(spec.projectID) ?? new Set()).add(role));
    }
    return memberships;
  }

  /** A project has few bindings of groups: to read all of them is cheaper than to ask for each group. */
  async #ofGroups(groups: readonly string[], projectId: string, signal: AbortSignal): Promise<GroupProjectBinding[]> {
    const bindings = await this.#select<GroupProjectBinding>(groupProjectBindingType, {}, projectId, signal);
    return bindings.filter(({ spec }) => groups.includes(spec.group));
  }

  async #select<T extends KubeObject>(
    type: ResourceType<T>,
    fields: Record<string, string>,
    projectId: string | undefined,
    signal: AbortSignal,
  ): Promise<T[]> {
    const wanted = { ...fields, ...(projectId === undefined ? {} : { "spec.projectID": projectId }) };
    return (await this.#client.list(type, { fieldSelector: fieldSelector(wanted), signal })).items;
  }
}

/** As Kubernetes reads it: backslash, comma and equals sign are escaped. */
export function fieldSelector(fields: Readonly<Record<string, string>>): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${value.replaceAll(/[\\,=]/g, (character) => `\\${character}`)}`)
    .join(",");
}
