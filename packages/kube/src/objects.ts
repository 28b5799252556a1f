/** The part of a Kubernetes object that every kind shares. Shapes follow apimachinery's `meta/v1`. */

export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

export interface ObjectMeta {
  name?: string;
  namespace?: string;
  generateName?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  /** RFC 3339, UTC. */
  creationTimestamp?: string;
  /** RFC 3339, UTC; set by the server once deletion was asked for. */
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: OwnerReference[];
  managedFields?: unknown[];
}

/** Any Kubernetes object. `apiVersion` and `kind` are always set on what a `KubeClient` returns. */
export interface KubeObject {
  apiVersion?: string;
  kind?: string;
  metadata: ObjectMeta;
}

/** `metav1.Condition`. */
export interface Condition {
  type: string;
  status: "True" | "False" | "Unknown";
  reason: string;
  message: string;
  /** RFC 3339, UTC. */
  lastTransitionTime: string;
  observedGeneration?: number;
}

export interface ObjectRef {
  name: string;
  /** Left out for cluster-scoped kinds. */
  namespace?: string;
}

/**
 * Name and namespace of an object.
 * @throws TypeError if the object has no name yet (`generateName` before creation)
 */
export function refOf(object: KubeObject): ObjectRef {
  const { name, namespace } = object.metadata;
  if (!name) throw new TypeError(`metadata.name: required to refer to this ${object.kind ?? "object"}`);
  return namespace ? { name, namespace } : { name };
}

/** Cache key in client-go's form: `namespace/name`, or `name` for cluster-scoped kinds. */
export function keyOf(ref: { name?: string; namespace?: string }): string {
  return ref.namespace ? `${ref.namespace}/${ref.name ?? ""}` : (ref.name ?? "");
}

/** For messages: `Secret kube-system/ca`. */
export function describeObject(object: KubeObject): string {
  return `${object.kind ?? "object"} ${keyOf(object.metadata)}`;
}
