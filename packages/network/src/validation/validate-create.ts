import type { RuleContext } from "../types.ts";
import type { FieldError, Finding, Warning } from "./rule.ts";
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
  for (const rule of creationRules) {
    const found = rule.check(cluster, context);
    if (found === undefined) continue;
    for (const finding of listed(found)) errors.push({ ...finding, code: rule.code, stricter: rule.stricter === true });
  }
  const warnings: Warning[] = [];
  for (const rule of creationWarnings) {
    const found = rule.check(cluster, context);
    if (found === undefined) continue;
    for (const warning of listed(found)) warnings.push({ code: rule.code, ...warning });
  }
  return { errors: withoutEchoes(errors, cluster.shape), warnings };
}

function listed<T extends object>(found: T | readonly T[]): readonly T[] {
  return Array.isArray(found) ? found : [found as T];
}

/** A field of the wrong type is not missing as well, nor is anything below it. */
function withoutEchoes(errors: readonly FieldError[], shape: readonly Finding[]): readonly FieldError[] {
  if (shape.length === 0) return errors;
  const misshapen = (path: string) => shape.some(({ field }) => path === field || path.startsWith(`${field}.`));
  return errors.filter(({ reason, field }) => reason !== "FieldValueRequired" || !misshapen(field));
}
