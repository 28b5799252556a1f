import type { RuleContext } from "@fairlead/network/rules";
import type { ApiDatacenter, ApiProject } from "@fairlead/resources";
import { createContext, useContext } from "react";
import type { SideEffect } from "./change.ts";
import type { ClusterChoices } from "./choices.ts";
import { type FieldProblem, type Judgement, problemsOf } from "./judge.ts";

/** What the steps of the wizard share. */
export interface WizardState {
  project: ApiProject["id"];
  datacenters: readonly ApiDatacenter[];
  choices: ClusterChoices;
  choose: (patch: Partial<ClusterChoices>) => void;
  /** Absent until a datacenter is chosen and its rules are loaded. */
  rules: RuleContext | undefined;
  judgement: Judgement | undefined;
  /** What the last choice changed beside itself. */
  effects: readonly SideEffect[];
  /** What the server refused; it holds until something is changed. */
  refused: readonly FieldProblem[];
  /** Whether fields that nobody has touched show what is wrong with them. */
  showAll: boolean;
}

export const WizardStateContext = createContext<WizardState | undefined>(undefined);

export function useWizardState(): WizardState {
  const state = useContext(WizardStateContext);
  if (!state) throw new TypeError("only inside of the wizard");
  return state;
}

/** The same, in steps that come after the choice of a datacenter. */
export function useJudged() {
  const { rules, judgement, refused, ...state } = useWizardState();
  if (!rules || !judgement) throw new TypeError("a datacenter must be chosen before");
  return {
    ...state,
    rules,
    judgement,
    refused,
    /** Everything to be said about fields: their problems, warnings, and where their value comes from. */
    about: (...fields: string[]) => {
      const [field = ""] = fields;
      const own = problemsOf(judgement.errors, ...fields);
      const known = new Set(own.map(({ message }) => message));
      const added = problemsOf(refused, ...fields).filter(({ message }) => !known.has(message));
      return {
        problems: [...own, ...added],
        warnings: problemsOf(judgement.warnings, ...fields),
        origin: judgement.origins.get(field),
      };
    },
  };
}
