import type { Defaulted, Origin } from "../defaults/default-cluster-spec.ts";
import { layerReasons } from "../defaults/default-cluster-spec.ts";
import { Draft } from "../defaults/draft.ts";
import type { DefaultRule, FieldPath } from "../defaults/rules.ts";
import { isObject, isSet, valueAt } from "../json.ts";
import { ruleBook } from "../rule-book.ts";
import { forcedVersion } from "../transition/forced.ts";
import type { RuleContext } from "../types.ts";
import { field } from "../validation/fields.ts";
import { minorNumber } from "../versions.ts";
import type { ClusterState } from "./change.ts";
import { inUse } from "./in-use.ts";
import { raisesKubernetes } from "./rules/kubernetes.ts";

const typeKeys = ["cniPlugin", "type"];
const versionKeys = ["cniPlugin", "version"];

/** The name of the rule that stands in the origin of a forced upgrade. */
const FORCED_UPGRADE = "cni-forced-upgrade";

/**
 * Completes a write to an existing cluster. What the write leaves open stays as it is (as with a Service's `clusterIP`; ruling 17 for
 * the CNI), unless it no longer applies or belongs to something that changes: then, and where nothing is stored yet,
 * the rules of creation decide. Templates do not reach existing clusters (ruling 16). A write that raises
 * `spec.version` takes the CNI along where the catalogue says so (ruling 5). Takes any JSON, and writes to none of it.
 */
export function prepareUpdate<S>(
  old: ClusterState,
  next: { readonly spec: S; readonly labels?: ClusterState["labels"] },
  known: RuleContext,
): Defaulted<S> {
  if (!isObject(next.spec)) return { spec: next.spec, origins: [] };
  const context = inUse(old.spec, known);
  const draft = new Draft(next.spec, context);
  const origins: Origin[] = [];
  for (const rule of (context.rules ?? ruleBook).defaults) {
    const path = typeof rule.path === "function" ? rule.path(draft) : rule.path;
    const origin = path && settle(rule, path, { draft, old: old.spec });
    if (origin !== undefined) origins.push(origin);
  }
  return { spec: draft.spec as S, origins: withForcedUpgrade(old.spec, draft, origins) };
}

/** Gives one field its value, if it gets one. */
function settle(
  rule: DefaultRule,
  path: FieldPath,
  { draft, old }: { draft: Draft; old: unknown },
): Origin | undefined {
  const origin = { field: path.text, rule: rule.name };
  const given = draft.get(path.keys);
  const settled = isSet(given);
  const decision = settled && !rule.derived ? undefined : rule.decide(draft);
  if (settled && (decision === undefined || decision.value === given)) {
    return { ...origin, value: given, source: "request", reason: layerReasons.request };
  }
  if (decision === undefined) return undefined;
  const { value, source, reason } = rule.derived
    ? decision
    : (stored(rule, path, { draft, old }) ?? seeded(path, draft) ?? decision);
  return draft.set(path.keys, value) ? { ...origin, value, source, reason } : undefined;
}

function stored(
  { belongsTo }: DefaultRule,
  { keys }: FieldPath,
  { draft, old }: { draft: Draft; old: unknown },
): Pick<Origin, "value" | "source" | "reason"> | undefined {
  const value = valueAt(old, keys);
  if (!isSet(value) || (belongsTo && valueAt(old, belongsTo.keys) !== draft.get(belongsTo.keys))) return undefined;
  return { value, source: "stored", reason: "the cluster has it, and the change does not name it" };
}

function seeded({ keys }: FieldPath, draft: Draft): Pick<Origin, "value" | "source" | "reason"> | undefined {
  const value = valueAt(draft.context.seedDefaults, keys);
  return isSet(value) ? { value, source: "seed", reason: layerReasons.seed } : undefined;
}

function withForcedUpgrade(old: unknown, draft: Draft, origins: readonly Origin[]): readonly Origin[] {
  const [type, version, kubernetes] = [draft.text(typeKeys), draft.text(versionKeys), draft.text(["version"])];
  const before = valueAt(old, ["version"]);
  if (type === undefined || version === undefined || kubernetes === undefined) return origins;
  if (typeof before !== "string" || !raisesKubernetes(before, kubernetes)) return origins;
  const forced = forcedVersion(draft.context.catalogue, { type, version }, minorNumber(kubernetes));
  if (forced === undefined || !draft.set(versionKeys, forced.version)) return origins;
  const reason = `${type} ${version} does not go with Kubernetes ${forced.upgrade.fromKubernetes} and newer`;
  const origin: Origin = {
    field: field.cniVersion,
    value: forced.version,
    source: "rule",
    rule: FORCED_UPGRADE,
    reason,
  };
  return origins.map((other) => (other.field === field.cniVersion ? origin : other));
}
