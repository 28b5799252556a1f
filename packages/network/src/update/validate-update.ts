import { ruleBook } from "../rule-book.ts";
import type { RuleContext } from "../types.ts";
import { findErrors, findWarnings, type Verdict, withoutEchoes } from "../validation/judge.ts";
import type { FieldError } from "../validation/rule.ts";
import { viewSpec } from "../validation/view.ts";
import type { ClusterChange, ClusterState } from "./change.ts";
import { inUse } from "./in-use.ts";

/**
 * Judges a write to an existing cluster, as given: apply {@link prepareUpdate} first. The rules of creation hold for the whole
 * cluster. But what was wrong already is not held against a write where only Fairlead is that strict, or where the world around
 * the cluster has changed, so that such a cluster can still be edited (ruling 8); what the write itself makes wrong is, at
 * whichever field that shows. So a cluster that could be created stays one. Takes any JSON and never throws.
 */
export function validateUpdate(old: ClusterState, next: ClusterState, known: RuleContext): Verdict {
  const context = inUse(old.spec, known);
  const { update, creationWarnings, updateWarnings } = context.rules ?? ruleBook;
  const change: ClusterChange = { old: viewSpec(old.spec), next: viewSpec(next.spec), labels: next.labels };
  const errors = [...newErrors(change, context), ...findErrors(update, change, context)];
  return {
    errors: withoutEchoes(errors, change.next.shape),
    warnings: [
      ...findWarnings(updateWarnings, change, context),
      ...findWarnings(creationWarnings, change.next, context),
    ],
  };
}

/** What the rules of creation find wrong with the cluster, without what is pardoned because it was so before the write. */
function newErrors({ old, next }: ClusterChange, context: RuleContext): readonly FieldError[] {
  const rules = (context.rules ?? ruleBook).creation;
  const errors = findErrors(rules, next, context);
  if (errors.length === 0) return errors;
  const pardoning = rules.filter(({ stricter, surroundings }) => stricter || surroundings);
  const before = new Set(findErrors(pardoning, old, context).map(identity));
  return errors.filter((error) => !before.has(identity(error)));
}

/**
 * An error is the same one if it says the same of the same value of the same field. Messages name the values of other
 * fields that matter, so that a conflict with a new value is a new one; places in a list do not count.
 */
function identity({ code, field, value, message }: FieldError): string {
  return `${code} ${field.replace(/\[\d+\]$/, "")} ${textOf(value)} ${message}`;
}

function textOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "";
  } catch {
    return "nested too deeply to compare";
  }
}
