import type { CustomResourceDefinition } from "../builtin/machinery.ts";
import { isEstablished } from "../establish-definitions.ts";
import type { KubeObject } from "../objects.ts";
import type { ResourceType } from "../resource-types.ts";
import { type ApplySetParent, type ApplySetScope, applySetId, partOfLabel } from "./parent.ts";
import { groupKindOfObject } from "./phases.ts";
import { isUpToDate, withAppliedHash } from "./unchanged.ts";

/** Where objects belong. */
export interface SetPlace {
  /** ConfigMap that stands for the set; made if it is not there. Its namespace must exist. */
  parent: ApplySetParent;
  /** Where namespaced objects without a namespace go; default: the parent's. */
  namespace?: string;
}

/** `object` as it is applied: with its namespace, the set's label, and the hash of all that. */
export function asMember(
  object: KubeObject,
  type: ResourceType,
  { parent, namespace = parent.namespace }: SetPlace,
): KubeObject {
  const id = applySetId(parent);
  return completedOnce(object, `${id} ${type.namespaced ? namespace : ""}`, () => {
    const metadata = { ...object.metadata, labels: { ...object.metadata.labels, [partOfLabel]: id } };
    if (type.namespaced) metadata.namespace ??= namespace;
    delete metadata.creationTimestamp; // generators write null
    return withAppliedHash({ ...object, metadata });
  });
}

const completed = new WeakMap<KubeObject, Map<string, KubeObject>>();

/** One rendering is applied in many clusters, and again and again: its objects are completed and hashed once. */
function completedOnce(object: KubeObject, key: string, complete: () => KubeObject): KubeObject {
  if (!Object.isFrozen(object)) return complete();
  const known = completed.get(object) ?? new Map<string, KubeObject>();
  completed.set(object, known);
  const result = known.get(key) ?? complete();
  known.set(key, result);
  return result;
}

/** What the parent of a set of these objects records. */
export function scopeOf(
  objects: readonly KubeObject[],
  { parent, namespace = parent.namespace }: SetPlace,
): ApplySetScope {
  const namespaces = new Set(objects.map((object) => object.metadata.namespace ?? namespace));
  namespaces.delete(parent.namespace);
  return { groupKinds: new Set(objects.map(groupKindOfObject)), namespaces };
}

/** Whether nothing has to be sent. @param member from {@link asMember} */
export function isCurrent(member: KubeObject, live: KubeObject | undefined): live is KubeObject {
  return live !== undefined && live.apiVersion === member.apiVersion && isUpToDate(member, live);
}

export function isDefinition(object: KubeObject): object is CustomResourceDefinition {
  return object.kind === "CustomResourceDefinition" && object.apiVersion === "apiextensions.k8s.io/v1";
}

/** Whether it is no definition whose kind the server does not serve yet. */
export function isServed(object: KubeObject): boolean {
  return !isDefinition(object) || isEstablished(object);
}
