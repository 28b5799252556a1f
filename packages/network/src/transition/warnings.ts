import { type Catalogue, findVersion } from "../catalogue/catalogue.ts";
import { unsafeLabels } from "../labels.ts";
import { cniVersionWarnings } from "../validation/cni-version-warnings.ts";
import { field } from "../validation/fields.ts";
import type { Named, Warning } from "../validation/rule.ts";
import { minorNumber } from "../versions.ts";
import { forcedVersion } from "./forced.ts";
import { decideStep, type StepDecision, type TransitionInput } from "./step.ts";

/** What an allowed change of the CNI version has people know. */
export interface TransitionWarning extends Named {
  /** A sentence, or undefined. */
  readonly check: (input: TransitionInput, decision: StepDecision, catalogue: Catalogue) => string | undefined;
}

const fields = [field.cniVersion];

export const transitionWarningRules: readonly TransitionWarning[] = [
  {
    code: "cni-version-jump",
    fields,
    summary: "A change over more than one minor release is one that the CNI's project does not test.",
    check: ({ type, old, next }, { code, kind }) => {
      if (code === "forced-upgrade" || (kind !== "jump-up" && kind !== "jump-down")) return undefined;
      const why = code === "unsafe-label" ? `, allowed by label ${unsafeLabels.cniUpgrade}` : "";
      return `${type} ${old} to ${next} skips minor releases${why}: going minor by minor is safer`;
    },
  },
  {
    code: "cni-version-downgrade",
    fields,
    summary:
      "A CNI's project tests upgrades; going back may leave resources behind that the older version does not know.",
    check: ({ type, old, next }, { kind }) =>
      kind === "minor-down" || kind === "jump-down"
        ? `${type} ${next} is older than ${old}: what ${old} has stored may be unknown to it`
        : undefined,
  },
  {
    code: "cni-forced-upgrade",
    fields,
    summary: "Some CNI versions do not go with newer Kubernetes and are replaced together with it.",
    check: ({ type, old, next, kubernetes = "" }, _decision, catalogue) => {
      const forced = forcedVersion(catalogue, { type, version: old }, minorNumber(kubernetes));
      if (forced?.version !== next) return undefined;
      return `${type} ${old} does not go with Kubernetes ${forced.upgrade.fromKubernetes} and newer: it is upgraded to ${next}`;
    },
  },
  {
    code: "cni-version-not-for-kubernetes",
    fields,
    summary: "A CNI version that the catalogue replaces on this Kubernetes goes away with the next Kubernetes upgrade.",
    check: ({ type, next, kubernetes = "" }, _decision, catalogue) => {
      const forced = forcedVersion(catalogue, { type, version: next }, minorNumber(kubernetes));
      if (forced === undefined) return undefined;
      return `${type} ${next} does not go with Kubernetes ${forced.upgrade.fromKubernetes} and newer: the next Kubernetes upgrade makes it ${forced.version}`;
    },
  },
  {
    code: "cni-delivery-change",
    fields,
    summary:
      "Cilium before 1.13 is an addon, from 1.13 on a system application; one is removed before the other is installed.",
    check: ({ type, old, next }, _decision, catalogue) => {
      const [before, after] = [old, next].map((version) => findVersion(catalogue, type, version)?.delivery);
      if (before === undefined || after === undefined || before === after) return undefined;
      return `${type} ${old} is an ${before} and ${next} an ${after}: the one is removed before the other is installed, and new pods wait meanwhile`;
    },
  },
];

/** The warnings of one step: of the move itself and of the version that it leads to. */
export function transitionWarnings(input: TransitionInput, catalogue: Catalogue): readonly Warning[] {
  const { type, next, kubernetes } = input;
  const decision = decideStep(input, catalogue);
  const target = {
    cniType: type,
    cniVersion: next,
    version: kubernetes,
    kubernetesMinor: kubernetes === undefined ? Number.NaN : minorNumber(kubernetes),
  };
  return [
    ...transitionWarningRules.flatMap(({ code, check }) => {
      const message = check(input, decision, catalogue);
      return message === undefined ? [] : [{ code, field: field.cniVersion, message }];
    }),
    ...cniVersionWarnings.flatMap(({ code, check }) => {
      const warning = check(target, { catalogue });
      return warning === undefined ? [] : [{ code, ...warning }];
    }),
  ];
}
