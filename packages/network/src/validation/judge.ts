import type { RuleContext } from "../types.ts";
import type { FieldError, Finding, Found, Warning } from "./rule.ts";

/** What the rules say of a write. */
export interface Verdict {
  /** All of them, in the order of the rules. Empty: the write is accepted. */
  readonly errors: readonly FieldError[];
  readonly warnings: readonly Warning[];
}

/** The code of the findings about types. */
const SHAPE = "field-type";

/** A rule of either table, as far as running it needs. */
interface Check<Subject, Result> {
  readonly code: string;
  readonly stricter?: true;
  readonly check: (subject: Subject, context: RuleContext) => Found<Result>;
}

/** The errors that rules find, in their order. */
export function findErrors<Subject>(
  rules: readonly Check<Subject, Finding>[],
  subject: Subject,
  context: RuleContext,
): FieldError[] {
  const errors: FieldError[] = [];
  for (const rule of rules) {
    const found = rule.check(subject, context);
    if (found === undefined) continue;
    for (const finding of listed(found)) errors.push({ ...finding, code: rule.code, stricter: rule.stricter === true });
  }
  return errors;
}

/** The warnings that rules find, in their order. */
export function findWarnings<Subject>(
  rules: readonly Check<Subject, Omit<Warning, "code">>[],
  subject: Subject,
  context: RuleContext,
): Warning[] {
  const warnings: Warning[] = [];
  for (const rule of rules) {
    const found = rule.check(subject, context);
    if (found === undefined) continue;
    for (const warning of listed(found)) warnings.push({ code: rule.code, ...warning });
  }
  return warnings;
}

function listed<T extends object>(found: T | readonly T[]): readonly T[] {
  return Array.isArray(found) ? found : [found as T];
}

/**
 * A field of the wrong type is read as absent, and so is everything below it: what other rules say of that is no news.
 * `shape` holds the findings about types, which stay.
 */
export function withoutEchoes(errors: readonly FieldError[], shape: readonly Finding[]): readonly FieldError[] {
  if (shape.length === 0 || errors.length === 0) return errors;
  const misshapen = (path: string) =>
    shape.some(({ field }) => path === field || path.startsWith(`${field}.`) || path.startsWith(`${field}[`));
  return errors.filter(({ code, field }) => code === SHAPE || !misshapen(field));
}
