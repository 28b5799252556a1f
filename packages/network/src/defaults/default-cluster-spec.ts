import { isObject, isSet } from "../json.ts";
import { ruleBook } from "../rule-book.ts";
import type { RuleContext } from "../types.ts";
import { Draft } from "./draft.ts";
import { type Layer, layersOf, merge, type Source, sourceOf } from "./layers.ts";

/** Why a field has its value. */
export interface Origin {
  /** The JSON path: `spec.clusterNetwork.proxyMode`. */
  readonly field: string;
  readonly value: unknown;
  readonly source: Source;
  /** The rule that decides this field where nobody does. */
  readonly rule: string;
  readonly reason: string;
}

export interface Defaulted<S> {
  /** A new document; the request is not written to. */
  readonly spec: S;
  /** One for each network field that has a value, in the order of the rules. */
  readonly origins: readonly Origin[];
}

/** Why a layer's value holds. */
export const layerReasons: Record<Layer["source"], string> = {
  request: "the cluster says so",
  template: "the cluster template says so",
  seed: "the seed's defaults say so",
};

/**
 * Fills in what a new cluster's spec leaves open: request before template before seed before provider before rule; an
 * explicit `false` or `0` wins. Idempotent. Any JSON is taken: what has the wrong type is left for validation.
 */
export function defaultClusterSpec<S>(request: S, context: RuleContext): Defaulted<S> {
  if (!isObject(request)) return { spec: request, origins: [] };
  const layers = layersOf(request, context);
  const draft = new Draft(merge(layers), context);
  const origins: Origin[] = [];
  for (const rule of (context.rules ?? ruleBook).defaults) {
    const path = typeof rule.path === "function" ? rule.path(draft) : rule.path;
    if (path === undefined) continue;
    const given = draft.get(path.keys);
    const settled = isSet(given);
    const decision = settled && !rule.derived ? undefined : rule.decide(draft);
    if (settled && (decision === undefined || decision.value === given)) {
      const source = sourceOf(layers, path.keys);
      origins.push({ field: path.text, value: given, source, rule: rule.name, reason: layerReasons[source] });
      continue;
    }
    if (decision === undefined || !draft.set(path.keys, decision.value)) continue;
    const { value, source, reason } = decision;
    origins.push({ field: path.text, value, source, rule: rule.name, reason });
  }
  return { spec: draft.spec as S, origins };
}
