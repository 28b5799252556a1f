import type { RuleContext } from "../types.ts";
import type { FieldError, Finding, Found, Warning } from "./rule.ts";
import { creationRules } from "./rules/index.ts";
import { viewSpec } from "./view.ts";
import { creationWarnings } from "./warnings.ts";

export interface Verdict {
  /** All of them, in the order of the rules. Empty: the cluster may be created. */
  readonly errors: readonly FieldError[];
  readonly warnings: readonly Warning[];
}

/** Judges the spec of a new cluster, as given: apply the defaults first. Takes any JSON and never throws. */
export function validateCreate(spec: unknown, context: RuleContext): Verdict {
  const cluster = viewSpec(spec);
  const errors: FieldError[] = [];
  for (const { code, stricter = false, check } of creationRules) {
    for (const finding of list(check(cluster, context))) errors.push({ ...finding, code, stricter });
  }
  const warnings: Warning[] = [];
  for (const { code, check } of creationWarnings) {
    for (const warning of list(check(cluster, context))) warnings.push({ code, ...warning });
  }
  return { errors: withoutEchoes(errors, cluster.shape), warnings };
}

function list<T>(found: Found<T>): readonly T[] {
  if (found === undefined) return NONE;
  return Array.isArray(found) ? found : [found as T];
}

const NONE: readonly never[] = [];

/** A field of the wrong type is not missing as well, nor is anything below it. */
function withoutEchoes(errors: readonly FieldError[], shape: readonly Finding[]): readonly FieldError[] {
  if (shape.length === 0) return errors;
  const misshapen = (path: string) => shape.some(({ field }) => path === field || path.startsWith(`${field}.`));
  return errors.filter(({ reason, field }) => reason !== "FieldValueRequired" || !misshapen(field));
}
