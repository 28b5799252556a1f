import { defaultClusterSpec, layerReasons, type Origin } from "../defaults/default-cluster-spec.ts";
import { Draft } from "../defaults/draft.ts";
import type { Decision, DefaultRule } from "../defaults/rules.ts";
import { isObject, isSet, valueAt } from "../json.ts";
import { hasLabel, type UnsafeLabel } from "../labels.ts";
import { ruleBook } from "../rule-book.ts";
import type { RuleContext } from "../types.ts";
import type { ClusterState, UpdateRule } from "../update/change.ts";
import { field } from "../validation/fields.ts";

/** A rule about changes of a field. */
export interface ChangeLimit {
  readonly code: string;
  readonly summary: string;
  /** The label that takes the rule away. */
  readonly unlockedBy?: UnsafeLabel;
  /** Whether the cluster has that label. */
  readonly unlocked: boolean;
}

/** Why a field of a cluster's network has its value. */
export interface FieldExplanation extends Origin {
  /** What holds for changes of it. Empty: it may be changed to any value that a new cluster may have. */
  readonly limits: readonly ChangeLimit[];
}

/** Fields that nobody decides on unless the cluster does, and what holds without. */
const optionalFields = [
  {
    path: { keys: ["clusterNetwork", "coreDNSReplicas"], text: field.coreDnsReplicas },
    rule: "core-dns-replicas",
  },
  {
    path: { keys: ["apiServerAllowedIPRanges", "cidrBlocks"], text: `${field.allowedIpRanges}.cidrBlocks` },
    rule: "allowed-ip-ranges",
  },
] as const;

/**
 * Explains each effective field of a cluster's network, in the order of the rules. A stored cluster holds every value and no
 * record of who chose it; so a value is put down to the template, the seed or the rule that would give the same, and
 * else to the cluster itself. Takes any JSON and never throws.
 */
export function explainCluster(state: ClusterState, context: RuleContext): readonly FieldExplanation[] {
  const { defaults, update } = context.rules ?? ruleBook;
  const { spec, origins } = defaultClusterSpec(state.spec, context);
  if (!isObject(spec)) return [];
  const draft = new Draft(spec, context);
  const rules = new Map(defaults.map((rule) => [rule.name, rule]));
  const explained = origins.map((origin) => attribute(origin, rules.get(origin.rule), draft));
  const chosen = optionalFields.flatMap(({ path, rule }): Origin[] => {
    const value = valueAt(spec, path.keys);
    return isSet(value) ? [{ field: path.text, value, source: "request", rule, reason: layerReasons.request }] : [];
  });
  return [...explained, ...chosen].map((origin) => ({
    ...origin,
    limits: limitsOf(origin.field, update, state.labels),
  }));
}

/** The weakest source that would give the same value. */
function attribute(origin: Origin, rule: DefaultRule | undefined, draft: Draft): Origin {
  if (origin.source !== "request" || rule === undefined) return origin;
  const { template, seedDefaults } = draft.context;
  const keys = origin.field.split(".").slice(1);
  for (const [source, layer] of [
    ["template", template],
    ["seed", seedDefaults],
  ] as const) {
    const value = valueAt(layer, keys);
    if (!isSet(value)) continue;
    return isSame(value, origin.value) ? { ...origin, source, reason: layerReasons[source] } : origin;
  }
  const decision = rule.decide(draft);
  if (decision === undefined) return origin;
  if (isSame(decision.value, origin.value)) return { ...origin, source: decision.source, reason: decision.reason };
  return { ...origin, reason: `${origin.reason}; ${alternative(decision)}` };
}

function alternative({ value, reason }: Decision): string {
  return `left open, it would be ${JSON.stringify(value)}, since ${reason}`;
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

function limitsOf(path: string, rules: readonly UpdateRule[], labels: unknown): ChangeLimit[] {
  return rules
    .filter(({ fields }) => fields.some((limited) => path === limited || path.startsWith(`${limited}.`)))
    .map(({ code, summary, unlockedBy }) => ({
      code,
      summary,
      ...(unlockedBy === undefined ? {} : { unlockedBy }),
      unlocked: unlockedBy !== undefined && hasLabel(labels, unlockedBy),
    }));
}
