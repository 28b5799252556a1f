import {
  allowedVersions,
  type Catalogue,
  type CniVersion,
  findVersion,
  fitsKubernetes,
} from "../catalogue/catalogue.ts";
import { unsafeLabels } from "../labels.ts";
import type { Warning } from "../validation/rule.ts";
import { compareVersions, type MinorNumber, minorNumber } from "../versions.ts";
import { forcedVersion } from "./forced.ts";
import { decideStep } from "./step.ts";
import { transitionWarnings } from "./warnings.ts";

export interface UpgradePathInput {
  readonly type: string;
  readonly from: string;
  readonly to: string;
  /** The Kubernetes version that the cluster runs, `1.26.4`. */
  readonly kubernetes?: string;
  /** Of the cluster: they may allow the direct jump, never change the planned steps. */
  readonly labels?: unknown;
}

export interface PlannedStep {
  readonly version: string;
  readonly warnings: readonly Warning[];
}

/** How to get from one version to another. */
export interface UpgradePath {
  /** Each a write of its own, legal without a label. Empty if there is nothing to do, or no way. */
  readonly steps: readonly PlannedStep[];
  /** The same in one write, where that is allowed: riskier than the steps (ruling 18). */
  readonly direct?: PlannedStep;
  /** Why there are no steps. */
  readonly reason?: string;
}

/**
 * Plans a CNI upgrade or downgrade minor by minor. Of each minor on the way it takes the version that suits best: tested with the
 * cluster's Kubernetes, supported, without advisories, newest. Versions that the Kubernetes version would
 * force away are stepped over where that is legal.
 */
export function upgradePath(input: UpgradePathInput, catalogue: Catalogue): UpgradePath {
  const { type, from, to } = input;
  if (from === to) return { steps: [], reason: `${type} is at ${name(to)} already` };
  const target = findVersion(catalogue, type, to);
  if (target === undefined) return { steps: [], reason: `catalogue ${catalogue.name} has no ${type} ${name(to)}` };
  const direct = planned(input, from, to, catalogue);
  const stops = plan(input, target, catalogue);
  if (stops === undefined) {
    const reason = `no chain of single minors leads from ${type} ${name(from)} to ${name(to)}; only a direct change with label ${unsafeLabels.cniUpgrade} does`;
    return direct === undefined ? { steps: [], reason } : { steps: [], reason, direct };
  }
  const steps = stops.map((version, index) => ({
    version,
    warnings: transitionWarnings({ ...input, old: stops[index - 1] ?? from, next: version }, catalogue),
  }));
  return steps.length > 1 && direct !== undefined ? { steps, direct } : { steps };
}

const name = (version: string) => version || "without a version";

function planned(
  { type, kubernetes, labels }: UpgradePathInput,
  old: string,
  next: string,
  catalogue: Catalogue,
): PlannedStep | undefined {
  const input = { type, old, next, ...(kubernetes ? { kubernetes } : {}), ...(labels ? { labels } : {}) };
  if (!decideStep(input, catalogue).allowed) return undefined;
  return { version: next, warnings: transitionWarnings(input, catalogue) };
}

/** The versions after `from`, in the order of the steps, ending with the target; undefined if there is no such chain. */
function plan(input: UpgradePathInput, target: CniVersion, catalogue: Catalogue): string[] | undefined {
  const { type, from, kubernetes } = input;
  const legal = (old: string, next: string) =>
    decideStep({ type, old, next, ...(kubernetes ? { kubernetes } : {}) }, catalogue).allowed;
  const between = stopsBetween(input, target, catalogue);
  const steps: string[] = [];
  let here = from;
  // Each round goes at least one stop nearer to the target.
  for (let index = 0; here !== target.version; ) {
    const rest = between.slice(index);
    const next = rest.findIndex((stop) => !stop.forcedAway && legal(here, stop.version));
    const fallback = next < 0 ? rest.findIndex((stop) => legal(here, stop.version)) : next;
    const stop = rest[fallback];
    if (stop === undefined) return undefined;
    steps.push(stop.version);
    here = stop.version;
    index += fallback + 1;
  }
  return steps;
}

interface Stop {
  readonly version: string;
  /** The Kubernetes version goes with a newer one only. */
  readonly forcedAway: boolean;
}

/** The best version of each minor between the two, nearest first, and the target. */
function stopsBetween({ type, from, kubernetes }: UpgradePathInput, target: CniVersion, catalogue: Catalogue): Stop[] {
  const kubernetesMinor = kubernetes === undefined ? Number.NaN : minorNumber(kubernetes);
  const [start, end] = [minorNumber(from), minorNumber(target.version)];
  const best = new Map<MinorNumber, CniVersion>();
  for (const entry of allowedVersions(catalogue, type)) {
    const minor = minorNumber(entry.version);
    if (!(Math.min(start, end) < minor && minor < Math.max(start, end))) continue;
    const known = best.get(minor);
    if (known === undefined || isBetter(entry, known, kubernetesMinor)) best.set(minor, entry);
  }
  const between = [...best.keys()].toSorted((a, b) => (end > start ? a - b : b - a)).map((minor) => best.get(minor));
  return [...between, target].flatMap((entry) =>
    entry === undefined
      ? []
      : [
          {
            version: entry.version,
            forcedAway: forcedVersion(catalogue, { type, version: entry.version }, kubernetesMinor) !== undefined,
          },
        ],
  );
}

function isBetter(entry: CniVersion, than: CniVersion, kubernetesMinor: MinorNumber): boolean {
  const merits = [
    (of: CniVersion) => Number(fitsKubernetes(of, kubernetesMinor)),
    (of: CniVersion) => Number(of.phase === "supported"),
    (of: CniVersion) => -of.advisories.length,
  ];
  for (const merit of merits) {
    if (merit(entry) !== merit(than)) return merit(entry) > merit(than);
  }
  return compareVersions(entry.version, than.version) > 0;
}
