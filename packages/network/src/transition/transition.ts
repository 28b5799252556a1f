import { allowedVersions, type Catalogue } from "../catalogue/catalogue.ts";
import { hasLabel, unsafeLabels } from "../labels.ts";
import { memoize } from "../memo.ts";
import type { Warning } from "../validation/rule.ts";
import { upgradePath } from "./path.ts";
import {
  decideStep,
  neighbours,
  type Permission,
  type Refusal,
  type StepDecision,
  type TransitionInput,
  type TransitionKind,
} from "./step.ts";
import { transitionWarnings } from "./warnings.ts";

/** A change of the CNI version, judged and explained. */
export interface CniTransition {
  readonly allowed: boolean;
  /** Stable: why it is allowed, or why not. */
  readonly code: Permission | Refusal;
  readonly kind: TransitionKind;
  /** One sentence; of a refusal, what would be accepted. */
  readonly message: string;
  /** What makes a refused change legal, the best first. Empty if it is allowed. */
  readonly remedies: readonly string[];
  readonly warnings: readonly Warning[];
}

/** Judges a change of the CNI version within its type (rulings 3 and 5). Takes any texts and never throws. */
export function cniTransition(input: TransitionInput, catalogue: Catalogue): CniTransition {
  const known = judged.get(catalogue) ?? memoize((text) => judge(JSON.parse(text) as TransitionInput, catalogue));
  judged.set(catalogue, known);
  const { type, old, next, labels, kubernetes } = input;
  // Refusals are planned around, which takes its time, and there are few different ones.
  const label = hasLabel(labels, unsafeLabels.cniUpgrade) ? { labels: { [unsafeLabels.cniUpgrade]: "" } } : {};
  return known(JSON.stringify({ type, old, next, kubernetes, ...label }));
}

const judged = new WeakMap<Catalogue, (text: string) => CniTransition>();

function judge(input: TransitionInput, catalogue: Catalogue): CniTransition {
  const decision = decideStep(input, catalogue);
  const { allowed, code, kind } = decision;
  return {
    allowed,
    code,
    kind,
    message: describeStep(input, decision, catalogue),
    remedies: allowed ? [] : remediesOf(input, decision, catalogue),
    warnings: allowed ? transitionWarnings(input, catalogue) : [],
  };
}

/** The sentence that explains a decision. */
export function describeStep(input: TransitionInput, { code }: StepDecision, catalogue: Catalogue): string {
  const { type, old, next, kubernetes } = input;
  switch (code) {
    case "unchanged":
      return "the version stays";
    case "first-version":
      return "there is no version to come from";
    case "within-one-minor":
      return "it is at most one minor release away";
    case "deprecated-source":
      return `${type} ${old} is deprecated, and any higher version may follow it`;
    case "forced-upgrade":
      return `Kubernetes ${kubernetes} demands ${type} ${next} in place of ${old}`;
    case "unsafe-label":
      return `label ${unsafeLabels.cniUpgrade} allows any change`;
    case "cni-type-unknown":
      return `expected one of ${[...catalogue.types.keys()].join(", ")}`;
    case "cni-version-unknown":
      return `expected one of ${versions(catalogue, type)}`;
    case "cni-version-step": {
      const near = neighbours(type, old, catalogue);
      const expected = near.length > 0 ? `one of ${near.join(", ")}` : "no other version";
      return `expected ${expected}: from ${type} ${old}, only one minor release at a time is allowed, unless label ${unsafeLabels.cniUpgrade} is present`;
    }
  }
}

function remediesOf(input: TransitionInput, { code }: StepDecision, catalogue: Catalogue): readonly string[] {
  const { type, old, next } = input;
  if (code === "cni-type-unknown") return [`choose one of ${[...catalogue.types.keys()].join(", ")}`];
  if (code === "cni-version-unknown") return [`choose one of ${versions(catalogue, type)}`];
  const { steps } = upgradePath({ ...input, from: old, to: next }, catalogue);
  const chain = steps.map(({ version }) => version).join(", then ");
  const label = `set label ${unsafeLabels.cniUpgrade} on the cluster, at your own risk`;
  return chain === "" ? [label] : [`change the version to ${chain}, each in a write of its own`, label];
}

function versions(catalogue: Catalogue, type: string): string {
  return allowedVersions(catalogue, type)
    .map(({ version }) => version || '""')
    .join(", ");
}
