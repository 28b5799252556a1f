import { unsafeLabels } from "../labels.ts";
import { decideStep } from "../transition/step.ts";
import { type TransitionWarning, transitionWarningRules } from "../transition/warnings.ts";
import { field, nodeMaskField } from "../validation/fields.ts";
import type { UpdateWarningRule } from "./change.ts";
import { versionChange } from "./rules/cni.ts";
import { families, maskChanges } from "./rules/node-mask.ts";

/** What is accepted of a change and yet deserves a word. */
export const updateWarnings: readonly UpdateWarningRule[] = [
  {
    code: "konnectivity-switch",
    fields: [field.konnectivity],
    summary: "Switching Konnectivity replaces the tunnel between control plane and nodes.",
    check: ({ old, next }) => {
      const [before, after] = [old.konnectivity ?? false, next.konnectivity ?? false];
      if (before === after) return undefined;
      const [from, to] = before ? ["Konnectivity", "OpenVPN"] : ["OpenVPN", "Konnectivity"];
      const message = `the control plane restarts and its tunnel to the nodes changes from ${from} to ${to}: logs, exec, webhooks and metrics pause meanwhile`;
      return { field: field.konnectivity, message };
    },
  },
  {
    code: "node-mask-new-nodes-only",
    fields: families.map((family) => nodeMaskField[family]),
    summary: "Another node mask holds for new nodes only.",
    check: (change) => {
      if (change.next.cniType === "cilium") return undefined;
      const changed = families.filter((family) => maskChanges(change, family));
      if (changed.length === 0) return undefined;
      const message = "holds for new nodes only: nodes that there are keep their part of the pods range";
      return changed.map((family) => ({ field: nodeMaskField[family], message }));
    },
  },
  {
    code: "cni-migration",
    fields: [field.cniType],
    summary: "Another CNI type interrupts every pod's network.",
    check: ({ old, next }) => {
      if (old.cniType === undefined || next.cniType === undefined || old.cniType === next.cniType) return undefined;
      const message = `allowed by label ${unsafeLabels.cniMigration}: pods lose their network until they are restarted, and what ${old.cniType} left on the nodes stays until they are replaced`;
      return { field: field.cniType, message };
    },
  },
  {
    code: "proxy-mode-migration",
    fields: [field.proxyMode],
    summary: "Another proxy mode leaves rules of the old one on the nodes.",
    check: ({ old, next }) => {
      if (old.proxyMode === undefined || next.proxyMode === undefined || old.proxyMode === next.proxyMode)
        return undefined;
      const message = `allowed by label ${unsafeLabels.cniMigration}: rules of ${old.proxyMode} stay on each node until it restarts`;
      return { field: field.proxyMode, message };
    },
  },
  {
    code: "expose-strategy-migration",
    fields: [field.exposeStrategy],
    summary: "Another expose strategy changes the API server's address.",
    check: ({ old, next }) => {
      if (!old.exposeStrategy || !next.exposeStrategy || old.exposeStrategy === next.exposeStrategy) return undefined;
      const message = `allowed by label ${unsafeLabels.exposeStrategyMigration}: the API server's address changes, so kubeconfigs and nodes must be renewed`;
      return { field: field.exposeStrategy, message };
    },
  },
  ...transitionWarningRules.map(ofUpdate),
];

function ofUpdate({ check, ...named }: TransitionWarning): UpdateWarningRule {
  return {
    ...named,
    check: (change, { catalogue }) => {
      const input = versionChange(change);
      if (input === undefined) return undefined;
      const message = check(input, decideStep(input, catalogue), catalogue);
      return message === undefined ? undefined : { field: field.cniVersion, message };
    },
  };
}
