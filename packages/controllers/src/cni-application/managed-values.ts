/**
 * Managed Helm values are owned key by key (DESIGN ruling 14): Fairlead sets them, puts them back when they drift, and
 * takes them away again when they no longer apply. A deep merge alone never takes anything away, which leaves keys
 * such as `k8sServiceHost` behind after a change of the proxy mode.
 * @module
 */
import { tokensOf } from "@fairlead/admission";

export type Values = { [key: string]: unknown };

/** JSON pointers (RFC 6901) of all leaves of a values document, sorted. A list is a leaf: Helm replaces lists whole. */
export function leafPointers(values: Values): string[] {
  const pointers: string[] = [];
  const visit = (value: unknown, pointer: string) => {
    if (isMap(value) && Object.keys(value).length > 0) {
      for (const [key, child] of Object.entries(value)) visit(child, `${pointer}/${escapeToken(key)}`);
    } else if (pointer !== "") {
      pointers.push(pointer);
    }
  };
  visit(values, "");
  return pointers.sort();
}

/**
 * The values after managed keys are enforced: `managed` wins over `current`, and keys in `previouslyManaged` that are
 * not managed any more are removed together with maps that become empty by it.
 *
 * @param previouslyManaged JSON pointers as {@link leafPointers} gave them at the last enforcement
 */
export function enforceManagedValues(current: Values, managed: Values, previouslyManaged: readonly string[]): Values {
  const owned = new Set(leafPointers(managed));
  const released = previouslyManaged.filter((pointer) => !owned.has(pointer));
  return mergeValues(
    released.reduce((values, pointer) => without(values, tokensOf(pointer)), current),
    managed,
  );
}

/** Helm's coalescing of two documents: maps merge key by key, everything else is replaced. */
export function mergeValues(base: Values, over: Values): Values {
  const result: Values = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const existing = result[key];
    result[key] = isMap(existing) && isMap(value) ? mergeValues(existing, value) : value;
  }
  return result;
}

/** Without the key that `tokens` lead to, nor the maps that would be left empty by its going. */
function without(values: Values, [token, ...rest]: readonly string[]): Values {
  if (token === undefined || !Object.hasOwn(values, token)) return values;
  const { [token]: child, ...others } = values;
  if (rest.length === 0) return others;
  if (!isMap(child)) return values;
  const remaining = without(child, rest);
  if (remaining === child) return values;
  return Object.keys(remaining).length === 0 ? others : { ...values, [token]: remaining };
}

function isMap(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function escapeToken(token: string): string {
  return token.replaceAll("~", "~0").replaceAll("/", "~1");
}
