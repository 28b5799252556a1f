/**
 * The roles of projects as RBAC objects of the management API, for those who use it by kubectl. RBAC cannot filter: get and
 * writes go by the names of the clusters, `create` is checked by the webhook, and lists are for administrators. Pure.
 * @module
 */
import type { ClusterRole, ClusterRoleBinding, PolicyRule } from "@fairlead/kube";
import {
  bindingGroup,
  clusterType,
  type GroupProjectBinding,
  kubermaticGroup,
  type ProjectRole,
  projectRoles,
  projectType,
  type User,
  type UserProjectBinding,
} from "@fairlead/resources";

export const accessLabel = "fairlead.dev/project-access";
const administratorsName = "fairlead:administrators";

export interface ProjectAccess {
  projectId: string;
  /** Names of its Clusters. */
  clusters: readonly string[];
  userBindings: readonly UserProjectBinding[];
  groupBindings: readonly GroupProjectBinding[];
}

export interface AccessObjects {
  roles: ClusterRole[];
  bindings: ClusterRoleBinding[];
}

const rbac = "rbac.authorization.k8s.io";

/** What has to be there for a project; a role without members is left out. */
export function planProjectAccess(access: ProjectAccess): AccessObjects {
  const objects: AccessObjects = { roles: [], bindings: [] };
  for (const role of projectRoles) {
    const subjects = subjectsOf(access, role);
    if (subjects.length === 0) continue;
    const metadata = { name: accessName(access.projectId, role), labels: { [accessLabel]: access.projectId } };
    objects.roles.push({ metadata, rules: rulesOf(access, role) });
    objects.bindings.push({
      metadata,
      roleRef: { apiGroup: rbac, kind: "ClusterRole", name: metadata.name },
      subjects,
    });
  }
  return objects;
}

/** Administrators may everything in Fairlead's own groups, lists included. */
export function planAdministratorAccess(users: readonly User[]): AccessObjects {
  const subjects = users
    .filter(({ spec, metadata }) => spec.admin && spec.project === undefined && !metadata.deletionTimestamp)
    .map(({ spec }) => person(spec.email))
    .sort(byName);
  if (subjects.length === 0) return { roles: [], bindings: [] };
  const metadata = { name: administratorsName, labels: { [accessLabel]: "administrators" } };
  const resources = ["clusters", "clustertemplates", "clustertemplateinstances", "projects", "addons"];
  return {
    roles: [{ metadata, rules: [{ apiGroups: [kubermaticGroup], resources, verbs: everyVerb }] }],
    bindings: [{ metadata, roleRef: { apiGroup: rbac, kind: "ClusterRole", name: administratorsName }, subjects }],
  };
}

function accessName(projectId: string, role: ProjectRole): string {
  return `fairlead:project:${bindingGroup(role, projectId)}`;
}

const everyVerb = ["get", "list", "watch", "create", "update", "patch", "delete"];
const writing = ["update", "patch", "delete"];

function rulesOf({ projectId, clusters }: ProjectAccess, role: ProjectRole): PolicyRule[] {
  const project = { apiGroups: [kubermaticGroup], resources: [projectType.plural], resourceNames: [projectId] };
  const cluster = { apiGroups: [kubermaticGroup], resources: [clusterType.plural] };
  // A rule without names would be one for every name: a project without clusters has no such rule.
  const named = (verbs: string[]) =>
    clusters.length > 0 ? [{ ...cluster, resourceNames: [...clusters].sort(), verbs }] : [];
  switch (role) {
    case "owners":
      return [
        { ...project, verbs: ["get", ...writing] },
        ...named(["get", ...writing]),
        { ...cluster, verbs: ["create"] },
      ];
    case "editors":
      return [
        { ...project, verbs: ["get", "update", "patch"] },
        ...named(["get", ...writing]),
        { ...cluster, verbs: ["create"] },
      ];
    case "viewers":
      return [{ ...project, verbs: ["get"] }, ...named(["get"])];
    case "projectmanagers":
      return [{ ...project, verbs: ["get", ...writing] }];
  }
}

interface Subject {
  kind: string;
  name: string;
  apiGroup: string;
}

function subjectsOf({ projectId, userBindings, groupBindings }: ProjectAccess, role: ProjectRole): Subject[] {
  const users = userBindings
    .filter(({ spec, metadata }) => spec.group === bindingGroup(role, projectId) && !metadata.deletionTimestamp)
    .map(({ spec }) => person(spec.userEmail));
  const groups = groupBindings
    .filter(({ spec, metadata }) => spec.role === role && !isSystem(spec.group) && !metadata.deletionTimestamp)
    .map(({ spec }): Subject => ({ apiGroup: rbac, kind: "Group", name: spec.group }));
  return [...users.filter(({ name }) => !isSystem(name)), ...groups].sort(byName);
}

/** Kubernetes' own users and groups are no members of projects, whatever a binding says: `system:authenticated` is everybody. */
function isSystem(name: string): boolean {
  return name.startsWith("system:");
}

function person(email: string): Subject {
  return { apiGroup: rbac, kind: "User", name: email };
}

function byName(a: Subject, b: Subject): number {
  return a.kind === b.kind ? (a.name < b.name ? -1 : 1) : a.kind < b.kind ? -1 : 1;
}
