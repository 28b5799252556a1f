import {
  builtin,
  type Controller,
  type Informer,
  type KubeClient,
  type KubeObject,
  type ReconcileContext,
  type Reconciler,
  type Request,
  type ResourceType,
} from "@fairlead/kube";
import {
  type Cluster,
  type GroupProjectBinding,
  type Project,
  projectLabel,
  type User,
  type UserProjectBinding,
} from "@fairlead/resources";
import { FIELD_MANAGER } from "../names.ts";
import { type AccessObjects, accessLabel, planAdministratorAccess, planProjectAccess } from "./plan.ts";

export interface AccessReconcilerOptions {
  management: KubeClient;
  projects: Informer<Project>;
  clusters: Informer<Cluster>;
  users: Informer<User>;
  userBindings: Informer<UserProjectBinding>;
  groupBindings: Informer<GroupProjectBinding>;
}

/** The request that stands for the administrators of the whole installation; no project's id has a dot. */
const ADMINISTRATORS: Request = { name: "administrators." };

/** Keeps the roles of one project, or of the administrators, as RBAC objects of the management API. */
export class AccessReconciler implements Reconciler {
  readonly #options: AccessReconcilerOptions;

  constructor(options: AccessReconcilerOptions) {
    this.#options = options;
  }

  async reconcile({ name }: Request, { signal }: ReconcileContext): Promise<undefined> {
    const wanted =
      name === ADMINISTRATORS.name ? planAdministratorAccess(this.#options.users.list()) : this.#planFor(name);
    const label = name === ADMINISTRATORS.name ? "administrators" : name;
    // A role that is still bound must not lose the binding's reason first: roles before bindings, and gone after them.
    await this.#keep(builtin.ClusterRole, wanted.roles, signal);
    await this.#keep(builtin.ClusterRoleBinding, wanted.bindings, signal);
    await this.#prune(builtin.ClusterRoleBinding, { label, wanted: wanted.bindings, signal });
    await this.#prune(builtin.ClusterRole, { label, wanted: wanted.roles, signal });
  }

  #planFor(projectId: string): AccessObjects {
    const { projects, clusters, userBindings, groupBindings } = this.#options;
    const project = projects.get(projectId);
    if (!project || project.metadata.deletionTimestamp) return { roles: [], bindings: [] };
    const ofProject = <T extends { spec: { projectID: string } }>(all: readonly T[]) =>
      all.filter(({ spec }) => spec.projectID === projectId);
    return planProjectAccess({
      projectId,
      clusters: clusters
        .list()
        .flatMap(({ metadata }) => (metadata.labels?.[projectLabel] === projectId ? (metadata.name ?? []) : [])),
      userBindings: ofProject(userBindings.list()),
      groupBindings: ofProject(groupBindings.list()),
    });
  }

  async #keep<T extends KubeObject>(type: ResourceType<T>, objects: readonly T[], signal: AbortSignal): Promise<void> {
    for (const object of objects) {
      await this.#options.management.apply(type, object, { fieldManager: FIELD_MANAGER, force: true, signal });
    }
  }

  async #prune<T extends KubeObject>(
    type: ResourceType<T>,
    { label, wanted, signal }: { label: string; wanted: readonly T[]; signal: AbortSignal },
  ): Promise<void> {
    const { management } = this.#options;
    const { items } = await management.list(type, { labelSelector: `${accessLabel}=${label}`, signal });
    const kept = new Set(wanted.map(({ metadata }) => metadata.name));
    for (const { metadata } of items) {
      if (kept.has(metadata.name)) continue;
      await management.deleteIfExists(type, { name: metadata.name ?? "" }, { signal });
    }
  }
}

/** Each change concerns one project, or the administrators; before a change it may have been another one. */
export function watchAccess(controller: Controller, sources: Omit<AccessReconcilerOptions, "management">): void {
  const { projects, clusters, users, userBindings, groupBindings } = sources;
  const ofProject = ({ spec }: { spec: { projectID: string } }) => [{ name: spec.projectID }];
  const projectOf = (cluster: Cluster | undefined) => cluster?.metadata.labels?.[projectLabel];
  const ofCluster = (cluster: Cluster) => {
    const name = projectOf(cluster);
    return name ? [{ name }] : [];
  };
  controller.watch(projects, ({ metadata }) => [{ name: metadata.name ?? "" }]);
  // Their status changes all the time, their names and projects never.
  controller.watch(clusters, ofCluster, { filter: (cluster, old) => projectOf(cluster) !== projectOf(old) });
  controller.watch(users, () => [ADMINISTRATORS], {
    filter: (user, old) => (user.spec.admin ?? false) !== (old?.spec.admin ?? false),
  });
  controller.watch(userBindings, ofProject);
  controller.watch(groupBindings, ofProject);
}
