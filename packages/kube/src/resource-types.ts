import type { KubeObject, ObjectRef } from "./objects.ts";

declare const objectOf: unique symbol;

/** What the API calls a kind, and where it serves it. `T` is the shape of its objects, known to the compiler only. */
export interface ResourceType<T extends KubeObject = KubeObject> {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  /** `group/version`, or `version` for the core group. */
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  readonly [objectOf]?: T;
}

export interface ResourceTypeSpec {
  group: string;
  version: string;
  kind: string;
  plural: string;
  namespaced: boolean;
}

/**
 * @example
 * const leaseType = defineResource<Lease>({
 *   group: "coordination.k8s.io", version: "v1", kind: "Lease", plural: "leases", namespaced: true,
 * });
 */
export function defineResource<T extends KubeObject>(spec: ResourceTypeSpec): ResourceType<T> {
  return Object.freeze({ ...spec, apiVersion: spec.group ? `${spec.group}/${spec.version}` : spec.version });
}

/** `Deployment.apps`, or `Pod` for the core group: the form of KEP-3659's contains-group-kinds and of kubectl. */
export function groupKindOf(type: { group: string; kind: string }): string {
  return type.group ? `${type.kind}.${type.group}` : type.kind;
}

/** `apps/v1` -> group `apps`, version `v1`; `v1` -> the core group. */
export function parseApiVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf("/");
  return slash < 0
    ? { group: "", version: apiVersion }
    : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}

/** Path of the collection; without `namespace` that of all namespaces. */
export function collectionPath(type: ResourceType, namespace?: string): string {
  const root = type.group ? `/apis/${type.group}/${type.version}` : `/api/${type.version}`;
  if (!namespace) return `${root}/${type.plural}`;
  if (!type.namespaced)
    throw new TypeError(`metadata.namespace: ${type.kind} is cluster-scoped and takes no namespace`);
  return `${root}/namespaces/${encodeURIComponent(namespace)}/${type.plural}`;
}

/** Path into which an object is created. */
export function creationPath(type: ResourceType, namespace?: string): string {
  if (type.namespaced && !namespace) throw new TypeError(`metadata.namespace: required, ${type.kind} is namespaced`);
  return collectionPath(type, namespace);
}

/** Path of one object, or of its subresource. */
export function objectPath(type: ResourceType, ref: ObjectRef, subresource?: string): string {
  const path = `${creationPath(type, ref.namespace)}/${encodeURIComponent(ref.name)}`;
  return subresource ? `${path}/${subresource}` : path;
}
