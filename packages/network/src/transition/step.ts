import { allowedVersions, type Catalogue, findVersion } from "../catalogue/catalogue.ts";
import { hasLabel, unsafeLabels } from "../labels.ts";
import { compareVersions, minorNumber, parseVersion } from "../versions.ts";
import { forcedVersion } from "./forced.ts";

/** A change of the CNI version; the type stays. */
export interface TransitionInput {
  readonly type: string;
  readonly old: string;
  readonly next: string;
  /** Of the cluster after the change; any JSON. */
  readonly labels?: unknown;
  /** The Kubernetes version after the change, `1.26.4`: some steps are allowed because it demands them. */
  readonly kubernetes?: string;
}

/** What sort of move a change is, whether or not it is allowed. `unknown`: one of the versions is none. */
export type TransitionKind = "none" | "patch" | "minor-up" | "minor-down" | "jump-up" | "jump-down" | "unknown";

/** Why a change is allowed. */
export type Permission =
  | "unchanged"
  | "first-version"
  | "within-one-minor"
  | "deprecated-source"
  | "forced-upgrade"
  | "unsafe-label";

/** Why a change is refused; also the codes of the field errors. */
export type Refusal = "cni-type-unknown" | "cni-version-unknown" | "cni-version-step";

export type StepDecision =
  | { readonly allowed: true; readonly code: Permission; readonly kind: TransitionKind }
  | { readonly allowed: false; readonly code: Refusal; readonly kind: TransitionKind };

/**
 * Whether a CNI may go from one version to another (ruling 3): a patch, or one minor up or down, within the major; from
 * a deprecated version to any higher; what a Kubernetes version forces; anything with label `unsafe-cni-upgrade`. The
 * target is always one of the catalogue's, written exactly as there.
 */
export function decideStep(input: TransitionInput, catalogue: Catalogue): StepDecision {
  const { type, old, next } = input;
  const kind = kindOf(old, next);
  if (old === next) return { allowed: true, code: "unchanged", kind };
  const refusal = refusalOfTarget(type, next, catalogue);
  if (refusal !== undefined) return { allowed: false, code: refusal, kind };
  const permission = permissionOf(input, kind, catalogue);
  return permission === undefined
    ? { allowed: false, code: "cni-version-step", kind }
    : { allowed: true, code: permission, kind };
}

function refusalOfTarget(type: string, version: string, catalogue: Catalogue): Refusal | undefined {
  if (!catalogue.types.has(type)) return "cni-type-unknown";
  return findVersion(catalogue, type, version) === undefined ? "cni-version-unknown" : undefined;
}

function permissionOf(input: TransitionInput, kind: TransitionKind, catalogue: Catalogue): Permission | undefined {
  const { type, old, next, labels, kubernetes = "" } = input;
  if (old === "" || type === "none") return "first-version";
  if (kind === "patch" || kind === "minor-up" || kind === "minor-down") return "within-one-minor";
  if (kind === "jump-up" && findVersion(catalogue, type, old)?.phase === "deprecated") return "deprecated-source";
  if (forcedVersion(catalogue, { type, version: old }, minorNumber(kubernetes))?.version === next)
    return "forced-upgrade";
  return hasLabel(labels, unsafeLabels.cniUpgrade) ? "unsafe-label" : undefined;
}

function kindOf(old: string, next: string): TransitionKind {
  if (old === next) return "none";
  const [from, to] = [parseVersion(old), parseVersion(next)];
  if (from === undefined || to === undefined) return "unknown";
  const up = compareVersions(next, old) > 0;
  const distance = from.major === to.major ? Math.abs(to.minor - from.minor) : Number.POSITIVE_INFINITY;
  if (distance === 0) return "patch";
  if (distance === 1) return up ? "minor-up" : "minor-down";
  return up ? "jump-up" : "jump-down";
}

/** The versions of the type that are one free step away, oldest first. */
export function neighbours(type: string, version: string, catalogue: Catalogue): readonly string[] {
  return allowedVersions(catalogue, type)
    .map((entry) => entry.version)
    .filter((next) => ["patch", "minor-up", "minor-down"].includes(kindOf(version, next)));
}
