/** What members of a project may be, as KKP names their groups. */
export const projectRoles = ["owners", "editors", "viewers", "projectmanagers"] as const;
export type ProjectRole = (typeof projectRoles)[number];

/** `owners-abcdefghij`: how a UserProjectBinding says role and project. */
export function bindingGroup(role: ProjectRole, projectId: string): string {
  return `${role}-${projectId}`;
}

/** The role that a binding's group gives in a project. Undefined for what is none: it gives nothing. */
export function roleOfGroup(group: string, projectId: string): ProjectRole | undefined {
  return projectRoles.find((role) => group === bindingGroup(role, projectId));
}

/** How names and e-mail addresses of service accounts begin; no person's may. */
export const serviceAccountPrefix = "serviceaccount-";
