import { isDeepStrictEqual } from "node:util";

/**
 * The JSON merge patch (RFC 7396) that makes the named fields of `current` be as `desired` says, or undefined if they are
 * so already. Fields that `desired` does not name are left alone; `null` in `desired` removes a field. Lists are replaced whole.
 */
export function mergeDiff(current: unknown, desired: object): Record<string, unknown> | undefined {
  const patch: Record<string, unknown> = {};
  for (const [key, wanted] of Object.entries(desired)) {
    if (wanted === undefined) continue;
    const existing = isObject(current) ? current[key] : undefined;
    if (isObject(wanted)) {
      if (isObject(existing)) {
        const inner = mergeDiff(existing, wanted);
        if (inner) patch[key] = inner;
      } else {
        patch[key] = wanted;
      }
    } else if (wanted === null ? existing !== undefined && existing !== null : !isDeepStrictEqual(existing, wanted)) {
      patch[key] = wanted;
    }
  }
  return Object.keys(patch).length > 0 ? patch : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
