import { ruleBook } from "../rule-book.ts";
import type { RuleContext } from "../types.ts";
import { findErrors, findWarnings, type Verdict, withoutEchoes } from "./judge.ts";
import { viewSpec } from "./view.ts";

/** Judges the spec of a new cluster, as given: apply the defaults first. Takes any JSON and never throws. */
export function validateCreate(spec: unknown, context: RuleContext): Verdict {
  const { creation, creationWarnings } = context.rules ?? ruleBook;
  const cluster = viewSpec(spec);
  return {
    errors: withoutEchoes(findErrors(creation, cluster, context), cluster.shape),
    warnings: findWarnings(creationWarnings, cluster, context),
  };
}
