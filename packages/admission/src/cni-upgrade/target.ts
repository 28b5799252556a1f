import { type Catalogue, upgradePath } from "@fairlead/network";
import {
  type Cluster,
  cniRolloutTimeoutAnnotation,
  cniTargetVersionAnnotation,
  goDurationMs,
} from "@fairlead/resources";
import { type FieldProblem, problem } from "../field-problem.ts";

/** Whether there is a way of legal steps to the CNI version that the Cluster's annotation names. Takes any spec. */
export function targetProblems({ metadata, spec }: Cluster, catalogue: Catalogue): FieldProblem[] {
  const target = metadata.annotations?.[cniTargetVersionAnnotation];
  if (target === undefined) return [];
  const type = text(spec?.cniPlugin?.type);
  const from = text(spec?.cniPlugin?.version);
  if (target === from) return [];
  const kubernetes = text(spec?.version).replace(/^v/, "");
  const { steps, reason } = upgradePath({ type, from, to: target, kubernetes }, catalogue);
  if (steps.length > 0) return [];
  const versions = [...(catalogue.types.get(type)?.versions.keys() ?? [])].filter(Boolean).join(", ");
  const message = `${reason}; expected one of ${versions || "no version"}`;
  return [
    problem("invalid", `metadata.annotations[${cniTargetVersionAnnotation}]`, {
      value: target,
      message,
      code: "cni-target-version",
    }),
  ];
}

/** How long a roll-out may take is a duration. */
export function rolloutTimeoutProblems({ metadata }: Cluster): FieldProblem[] {
  const timeout = metadata.annotations?.[cniRolloutTimeoutAnnotation];
  if (timeout === undefined || (goDurationMs(timeout) ?? 0) > 0) return [];
  const message = "expected a duration like 20m that is greater than 0";
  return [
    problem("invalid", `metadata.annotations[${cniRolloutTimeoutAnnotation}]`, {
      value: timeout,
      message,
      code: "cni-rollout-timeout",
    }),
  ];
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
