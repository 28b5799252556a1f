/**
 * An upgrade over several versions: one legal step after another, each only when the one before runs. The target stands in
 * an annotation of the Cluster, the step that is taken in its spec. Pure.
 * @module
 */
import { type Catalogue, upgradePath } from "@fairlead/network";
import {
  type Cluster,
  type CniUpgradeState,
  type CniUpgradeStatus,
  cniTargetVersionAnnotation,
  cniUpgradePausedAnnotation,
} from "@fairlead/resources";
import type { DeliveredCni } from "./delivered.ts";

export interface StepsInput {
  cluster: Cluster;
  catalogue: Catalogue;
  /** Undefined while nothing is known of it. */
  delivered: DeliveredCni | undefined;
  /** RFC 3339. */
  now: string;
}

export interface StepsPlan {
  /** As it should be; undefined if there never was an upgrade. */
  status: CniUpgradeStatus | undefined;
  /** The version to write into the Cluster's spec now. */
  advanceTo?: string;
  /** The target is reached: the annotations go. */
  finished?: true;
}

export function planSteps({ cluster, catalogue, delivered, now }: StepsInput): StepsPlan {
  const annotations = cluster.metadata.annotations ?? {};
  const target = annotations[cniTargetVersionAnnotation];
  const previous = cluster.status?.cniUpgrade;
  const { type = "none", version = "" } = cluster.spec.cniPlugin ?? {};
  const underWay = previous && previous.finishedAt === undefined ? previous : undefined;
  if (!target) {
    if (!underWay) return { status: previous };
    return { status: { ...underWay, state: "Stopped", message: `stopped at ${version}`, finishedAt: now } };
  }
  const goesOn = underWay?.target === target ? underWay : undefined;
  const begun = goesOn ?? { from: delivered?.version ?? version, target, startedAt: now };
  const kubernetes = cluster.spec.version.replace(/^v/, "");
  const path = upgradePath({ type, from: version, to: target, kubernetes }, catalogue);
  const ahead = path.steps.map((step) => step.version);
  const isThere = delivered?.version === version && delivered.state === "ready";
  const status = (state: CniUpgradeState, message: string): CniUpgradeStatus => ({
    from: begun.from,
    target,
    startedAt: begun.startedAt,
    state,
    message,
    steps: [
      ...stepsSoFar(goesOn, begun.from, version).map((step) => ({
        version: step,
        state: step === version && !isThere ? ("Current" as const) : ("Done" as const),
      })),
      ...ahead.map((step) => ({ version: step, state: "Pending" as const })),
    ],
  });
  if (version === target && isThere) {
    // Told already, and only the annotations are still there: what is known of the way must not be lost.
    if (previous?.state === "Complete" && previous.target === target) return { status: previous, finished: true };
    return { status: { ...status("Complete", `${target} runs on all nodes`), finishedAt: now }, finished: true };
  }
  if (version !== target && ahead.length === 0) {
    return { status: status("Blocked", path.reason ?? `there is no way from ${version} to ${target}`) };
  }
  if (delivered?.state === "failed") return { status: status("Failed", delivered.message) };
  if (delivered?.state === "held") return { status: status("Blocked", delivered.message) };
  if (!isThere) return { status: status("Progressing", delivered?.message ?? `${version} is not seen yet`) };
  if (annotations[cniUpgradePausedAnnotation] !== undefined) {
    return { status: status("Paused", `paused at ${version}, before ${ahead[0]}`) };
  }
  const [next = target] = ahead;
  return { status: status("Progressing", `going on to ${next}`), advanceTo: next };
}

/** What was gone through, the current version last; without the one that it all began with. */
function stepsSoFar(goesOn: CniUpgradeStatus | undefined, from: string, version: string): string[] {
  const known = goesOn?.steps.map((step) => step.version) ?? [];
  const index = known.indexOf(version);
  if (index >= 0) return known.slice(0, index + 1);
  const done = goesOn?.steps.flatMap((step) => (step.state === "Done" ? [step.version] : [])) ?? [];
  return version === from ? done : [...done, version];
}
