import { findVersion } from "../../catalogue/catalogue.ts";
import { hasLabel, unsafeLabels } from "../../labels.ts";
import { decideStep, type TransitionInput } from "../../transition/step.ts";
import { describeStep } from "../../transition/transition.ts";
import { field } from "../../validation/fields.ts";
import { forbidden, required } from "../../validation/rule.ts";
import type { ClusterChange, UpdateRule } from "../change.ts";

/** The change of version that a write makes within the CNI type. */
export function versionChange({ old, next, labels }: ClusterChange): TransitionInput | undefined {
  if (old.cniType === undefined || old.cniType !== next.cniType) return undefined;
  if (old.cniVersion === undefined || next.cniVersion === undefined || old.cniVersion === next.cniVersion)
    return undefined;
  const input = { type: next.cniType, old: old.cniVersion, next: next.cniVersion, labels };
  return next.version === undefined ? input : { ...input, kubernetes: next.version };
}

/** What may become of the network plugin. */
export const cniUpdateRules: readonly UpdateRule[] = [
  {
    code: "cni-removed",
    fields: [field.cni],
    summary: "The settings of the CNI plugin stay; type none is a choice, too.",
    check: ({ old, next }) =>
      old.hasCni && !next.hasCni
        ? required(field.cni, `the settings cannot be removed: expected type ${old.cniType ?? "canal"}`)
        : undefined,
  },
  {
    code: "cni-type-change",
    fields: [field.cniType],
    summary: "The CNI type stays, since another one leaves every running pod without its network.",
    unlockedBy: unsafeLabels.cniMigration,
    check: ({ old, next, labels }) => {
      const after = next.cniType ?? "";
      if (!old.cniType || !next.hasCni || old.cniType === after) return undefined;
      if (hasLabel(labels, unsafeLabels.cniMigration)) return undefined;
      const message = `field is immutable: expected ${JSON.stringify(old.cniType)}, or label ${unsafeLabels.cniMigration} on the cluster`;
      return forbidden(field.cniType, after, message);
    },
  },
  {
    code: "cni-version-step",
    fields: [field.cniVersion],
    summary:
      "The CNI version goes at most one minor release up or down, patches are free; from a deprecated version it may go to any higher one.",
    unlockedBy: unsafeLabels.cniUpgrade,
    check: (change, { catalogue }) => {
      const input = versionChange(change);
      // A version that the catalogue does not know is refused by a rule of creation.
      if (input === undefined || findVersion(catalogue, input.type, input.next) === undefined) return undefined;
      const decision = decideStep(input, catalogue);
      return decision.allowed
        ? undefined
        : forbidden(field.cniVersion, input.next, describeStep(input, decision, catalogue));
    },
  },
];
