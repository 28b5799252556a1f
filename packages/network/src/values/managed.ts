/**
 * Managed Helm values are owned key by key (DESIGN ruling 14): Fairlead sets them, puts them back when they drift, and
 * takes them away again when they no longer apply. A deep merge alone never takes anything away, which leaves keys
 * such as `k8sServiceHost` behind after a change of the proxy mode.
 * @module
 */
import { entriesOf, managedKeys } from "../cilium-values.ts";
import { type JsonObject, valueAt } from "../json.ts";
import { leafPointers, mergeValues, pointerOf, tokensOf, without } from "./document.ts";

/** By pointer: the entry of a list in a text that is Fairlead's, beside those of the user. */
const sharedEntries: ReadonlyMap<string, string> = new Map(
  managedKeys.flatMap(({ keys, sharedEntry }) => (sharedEntry === undefined ? [] : [[pointerOf(keys), sharedEntry]])),
);

/**
 * The values after managed keys are enforced: `managed` wins over `current`, and keys in `previouslyManaged` that are
 * not managed any more are removed together with maps that become empty by it.
 *
 * @param previouslyManaged JSON pointers as {@link leafPointers} gave them at the last enforcement
 */
export function enforceManagedValues(
  current: JsonObject,
  managed: JsonObject,
  previouslyManaged: readonly string[],
): JsonObject {
  const owned = new Set(leafPointers(managed));
  const released = previouslyManaged.filter((pointer) => !owned.has(pointer));
  return mergeValues(released.reduce(release, current), managed);
}

function release(values: JsonObject, pointer: string): JsonObject {
  const tokens = tokensOf(pointer);
  const shared = sharedEntries.get(pointer);
  const kept = shared === undefined ? [] : entriesOf(valueAt(values, tokens)).filter((entry) => entry !== shared);
  if (kept.length === 0) return without(values, tokens);
  return mergeValues(values, nested(tokens, kept.join(" ")));
}

function nested([token = "", ...rest]: readonly string[], value: unknown): JsonObject {
  return { [token]: rest.length === 0 ? value : nested(rest, value) };
}
