import { keepUsedVersions } from "../catalogue/keep-used.ts";
import { isObject, valueAt } from "../json.ts";
import type { RuleContext } from "../types.ts";

/** What the rules know about a cluster that exists: its CNI version is in use, so the catalogue still has it. */
export function inUse(spec: unknown, context: RuleContext): RuleContext {
  const type = valueAt(spec, ["cniPlugin", "type"]);
  const version = isObject(spec) ? valueAt(spec, ["cniPlugin", "version"]) : undefined;
  if (typeof type !== "string" || typeof version !== "string") return context;
  const catalogue = keepUsedVersions(context.catalogue, [{ type, version }]);
  return catalogue === context.catalogue ? context : { ...context, catalogue };
}
