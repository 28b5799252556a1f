import { hash } from "node:crypto";
import { canonicalJson } from "../canonical-json.ts";
import type { KubeObject } from "../objects.ts";

/** Hash of the object as it was last applied: tells a field that was dropped from the desired state. */
const appliedHashAnnotation = "fairlead.dev/applied-hash";

/** Changes with each other state that is applied; undefined for what no apply set has applied. */
export function appliedHashOf({ metadata }: KubeObject): string | undefined {
  return metadata.annotations?.[appliedHashAnnotation];
}

/** Does not depend on the order of keys. */
export function hashOf(value: unknown): string {
  return hash("sha256", canonicalJson(value), "base64url");
}

/** `object` with the annotation that holds the hash of everything else in it. */
export function withAppliedHash(object: KubeObject): KubeObject {
  const annotations = { ...object.metadata.annotations, [appliedHashAnnotation]: hashOf(object) };
  return { ...object, metadata: { ...object.metadata, annotations } };
}

/**
 * Whether applying `desired` (from `withAppliedHash`) can be left out: the live object was applied from the same
 * desired state, and still holds all of it. A value that the server writes in another form (`1000m` as `1`) or a list
 * that others have added to counts as changed; applying it then changes nothing.
 */
export function isUpToDate(desired: KubeObject, live: KubeObject): boolean {
  return appliedHashOf(live) === appliedHashOf(desired) && holds(live, desired);
}

/** Whether `whole` has all that `part` has; lists must agree in length. */
export function holds(whole: unknown, part: unknown): boolean {
  if (Array.isArray(part)) {
    return Array.isArray(whole) && whole.length === part.length && part.every((item, i) => holds(whole[i], item));
  }
  if (isObject(part)) {
    if (!isObject(whole)) return Object.keys(part).length === 0 && whole === undefined;
    return Object.entries(part).every(([key, value]) => holds(whole[key], value));
  }
  // The server leaves out what is empty: `value: ""` of a container's environment is not stored.
  return whole === part || ((part === null || part === "") && whole === undefined);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
