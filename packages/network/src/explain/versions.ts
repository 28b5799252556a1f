import { allowedVersions, type CniVersion } from "../catalogue/catalogue.ts";
import { isObject } from "../json.ts";
import { type PlannedStep, upgradePath } from "../transition/path.ts";
import { cniTransition } from "../transition/transition.ts";
import type { RuleContext } from "../types.ts";
import type { ClusterState } from "../update/change.ts";
import { inUse } from "../update/in-use.ts";
import { validateUpdate } from "../update/validate-update.ts";
import type { FieldError, Warning } from "../validation/rule.ts";
import { viewSpec } from "../validation/view.ts";

/** Whether a cluster may get to a CNI version, and how. */
export interface VersionExplanation {
  readonly version: string;
  readonly phase: CniVersion["phase"];
  /** The version that the cluster has. */
  readonly current: boolean;
  /** It may be set in one write, as the cluster is now. */
  readonly allowed: boolean;
  /** There is a way of legal writes: {@link steps}, or {@link direct}. */
  readonly reachable: boolean;
  /** The way minor by minor, each step a write. Empty for the current version and where there is none. */
  readonly steps: readonly PlannedStep[];
  /** The way in one write, where it skips steps. */
  readonly direct?: PlannedStep;
  /** The decision on setting it right now. */
  readonly code: string;
  readonly message: string;
  /** What makes it legal, if it may not be set in one write. */
  readonly remedies: readonly string[];
  readonly kubernetes?: CniVersion["kubernetes"];
  readonly leastKernel?: string;
  readonly advisories: readonly string[];
  /** Of setting it right now. */
  readonly warnings: readonly Warning[];
}

/**
 * Explains every version of the cluster's CNI type, oldest first, as {@link validateUpdate} judges it. Empty if the cluster
 * has no CNI type that the catalogue knows. Takes any JSON and never throws.
 */
export function explainVersions(state: ClusterState, known: RuleContext): readonly VersionExplanation[] {
  const context = inUse(state.spec, known);
  const { cniType: type, cniVersion: from = "", version: kubernetes } = viewSpec(state.spec);
  if (type === undefined) return [];
  const situation = { type, labels: state.labels, ...(kubernetes ? { kubernetes } : {}) };
  return allowedVersions(context.catalogue, type).map((entry): VersionExplanation => {
    const { version } = entry;
    const transition = cniTransition({ ...situation, old: from, next: version }, context.catalogue);
    const { steps, direct } = upgradePath({ ...situation, from, to: version }, context.catalogue);
    const refusal = refusalOf(state, version, context);
    const obstacle = obstacleOf(state, steps, context);
    const current = version === from;
    const passable = steps.length > 0 && obstacle === undefined;
    return {
      version,
      phase: entry.phase,
      current,
      allowed: refusal === undefined,
      reachable: current || refusal === undefined || passable,
      steps: passable ? steps : [],
      ...(direct && refusal === undefined ? { direct } : {}),
      code: refusal?.code ?? transition.code,
      message: refusal?.message ?? transition.message,
      remedies: obstacle === undefined ? transition.remedies : [`${obstacle.field}: ${obstacle.message}`],
      ...(entry.kubernetes ? { kubernetes: entry.kubernetes } : {}),
      ...(entry.leastKernel ? { leastKernel: entry.leastKernel } : {}),
      advisories: entry.advisories,
      warnings: transition.warnings,
    };
  });
}

/** What refuses one of the steps, taken one after the other; the CNI's own rules allow all of them. */
function obstacleOf(state: ClusterState, steps: readonly PlannedStep[], context: RuleContext): FieldError | undefined {
  let here = state;
  for (const { version } of steps) {
    const refusal = refusalOf(here, version, context);
    if (refusal !== undefined) return refusal;
    here = withVersion(here, version);
  }
  return undefined;
}

/** The first error of a write that sets the version and nothing else. */
function refusalOf(state: ClusterState, version: string, context: RuleContext): FieldError | undefined {
  return validateUpdate(state, withVersion(state, version), context).errors[0];
}

function withVersion({ spec, labels }: ClusterState, version: string): ClusterState {
  if (!isObject(spec) || !isObject(spec.cniPlugin)) return { spec, labels };
  return { spec: { ...spec, cniPlugin: { ...spec.cniPlugin, version } }, labels };
}
