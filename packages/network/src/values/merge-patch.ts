import { isEqualJson, isObject, type JsonObject } from "../json.ts";

/**
 * Applies a JSON merge patch (RFC 7396): null takes a field away, objects are merged, everything else is replaced.
 * @returns a new value; neither argument is written to
 */
export function mergePatch(target: unknown, patch: JsonObject): JsonObject;
export function mergePatch(target: unknown, patch: unknown): unknown;
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const merged = new Map(Object.entries(isObject(target) ? target : {}));
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) merged.delete(name);
    else merged.set(name, mergePatch(merged.get(name), value));
  }
  return Object.fromEntries(merged);
}

/** The part of a document that a merge patch replaces: what {@link takeBack} needs. */
export function replacedBy(document: JsonObject, patch: JsonObject): JsonObject {
  const replaced: [string, unknown][] = [];
  for (const [name, value] of Object.entries(patch)) {
    if (!Object.hasOwn(document, name)) continue;
    const before = document[name];
    replaced.push([name, isObject(before) && isObject(value) ? replacedBy(before, value) : before]);
  }
  return Object.fromEntries(replaced);
}

/**
 * Undoes a merge patch, but for what was changed again since: that stays.
 * @param replaced what {@link replacedBy} said of the document before the patch
 */
export function takeBack(document: JsonObject, patch: JsonObject, replaced: JsonObject): JsonObject {
  const result = new Map(Object.entries(document));
  for (const [name, value] of Object.entries(patch)) {
    const had = Object.hasOwn(replaced, name);
    const [before, now] = [replaced[name], result.get(name)];
    const isMerged = isObject(value) && isObject(now) && (isObject(before) || !had);
    const inner = isMerged ? takeBack(now, value, isObject(before) ? before : {}) : before;
    if (!isMerged && !isEqualJson(now, value === null ? undefined : mergePatch(undefined, value))) continue;
    // A map that the patch brought goes with what it brought into it.
    if (!had && (!isMerged || Object.keys(inner as JsonObject).length === 0)) result.delete(name);
    else result.set(name, inner);
  }
  return Object.fromEntries(result);
}
