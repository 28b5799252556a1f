import { isObject, type JsonObject } from "../json.ts";

/** JSON pointers (RFC 6901) of all leaves of a values document, sorted. A list is a leaf: Helm replaces lists whole. */
export function leafPointers(values: JsonObject): string[] {
  return [...leaves(values).keys()].sort();
}

/** The leaves of a values document by their JSON pointer. A map without keys is one, too. */
export function leaves(values: JsonObject): Map<string, unknown> {
  const found = new Map<string, unknown>();
  const visit = (value: unknown, pointer: string) => {
    if (isObject(value) && Object.keys(value).length > 0) {
      for (const [key, child] of Object.entries(value)) visit(child, `${pointer}/${escapeToken(key)}`);
    } else if (pointer !== "") {
      found.set(pointer, value);
    }
  };
  visit(values, "");
  return found;
}

/** Helm's coalescing of two documents: maps merge key by key, everything else is replaced. */
export function mergeValues(base: JsonObject, over: JsonObject): JsonObject {
  const result: JsonObject = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const existing = result[key];
    result[key] = isObject(existing) && isObject(value) ? mergeValues(existing, value) : value;
  }
  return result;
}

/** Without the key that `tokens` lead to, nor the maps that would be left empty by its going. */
export function without(values: JsonObject, [token, ...rest]: readonly string[]): JsonObject {
  if (token === undefined || !Object.hasOwn(values, token)) return values;
  const { [token]: child, ...others } = values;
  if (rest.length === 0) return others;
  if (!isObject(child)) return values;
  const remaining = without(child, rest);
  if (remaining === child) return values;
  return Object.keys(remaining).length === 0 ? others : { ...values, [token]: remaining };
}

/** `/a~1b/c` -> `a/b`, `c` */
export function tokensOf(pointer: string): string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** The inverse of {@link tokensOf}. */
export function pointerOf(tokens: readonly string[]): string {
  return tokens.map((token) => `/${escapeToken(token)}`).join("");
}

/** As Helm's `--set` writes a key: `/operator/replicas` -> `operator.replicas`, dots in a key escaped. */
export function helmPath(pointer: string): string {
  return tokensOf(pointer)
    .map((token) => token.replaceAll(".", "\\."))
    .join(".");
}

function escapeToken(token: string): string {
  return token.replaceAll("~", "~0").replaceAll("/", "~1");
}
