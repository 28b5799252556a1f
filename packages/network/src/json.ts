/** A JSON object as it comes from outside: every field may be anything. */
export type JsonObject = Record<string, unknown>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Whether a field carries a choice. `null`, `""` and an empty list are how clients of typed languages send "nothing";
 * `false` and `0` are choices (ruling 12).
 */
export function isSet(value: unknown): boolean {
  if (value === undefined || value === null || value === "") return false;
  return !(Array.isArray(value) && value.length === 0);
}

/** Whether anything inside the value is switched on: `{}`, `{"enabled": false}` and `[]` ask for nothing. */
export function asksForSomething(value: unknown): boolean {
  const pending: unknown[] = [value];
  while (pending.length > 0) {
    const next = pending.pop();
    if (typeof next === "object" && next !== null) {
      for (const child of Object.values(next)) pending.push(child);
    } else if (next !== undefined && next !== null && next !== "" && next !== false) {
      return true;
    }
  }
  return false;
}

/** The value at a path of object keys; undefined where the way ends early. */
export function valueAt(root: unknown, path: readonly string[]): unknown {
  let node = root;
  for (let depth = 0; depth < path.length; depth++) {
    if (!isObject(node)) return undefined;
    node = node[path[depth] ?? ""];
  }
  return node;
}

/** Whether two JSON values are the same, whatever the order of their keys. */
export function isEqualJson(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => isEqualJson(item, b[index]));
  }
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && isEqualJson(a[key], b[key]))
  );
}
