import { type DefaultRule, defaultRules } from "./defaults/rules.ts";
import type { UpdateRule, UpdateWarningRule } from "./update/change.ts";
import { updateRules } from "./update/rules/index.ts";
import { updateWarnings } from "./update/warnings.ts";
import type { Rule, WarningRule } from "./validation/rule.ts";
import { creationRules } from "./validation/rules/index.ts";
import { creationWarnings } from "./validation/warnings.ts";

/** Every rule there is. Decisions, explanations and documentation are all made from it. */
export interface RuleBook {
  readonly defaults: readonly DefaultRule[];
  readonly creation: readonly Rule[];
  readonly creationWarnings: readonly WarningRule[];
  readonly update: readonly UpdateRule[];
  readonly updateWarnings: readonly UpdateWarningRule[];
}

export const ruleBook: RuleBook = {
  defaults: defaultRules,
  creation: creationRules,
  creationWarnings,
  update: updateRules,
  updateWarnings,
};
