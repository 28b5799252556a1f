import { field } from "../../validation/fields.ts";
import { forbidden } from "../../validation/rule.ts";
import { compareVersions, parseVersion } from "../../versions.ts";
import type { ClusterChange, UpdateRule } from "../change.ts";

/** Whether a write goes to a newer Kubernetes. */
export function raisesKubernetes(before: string | undefined, after: string | undefined): boolean {
  if (before === undefined || after === undefined) return false;
  if (parseVersion(before) === undefined || parseVersion(after) === undefined) return false;
  return compareVersions(after, before) > 0;
}

function bothVersions({ old, next }: ClusterChange) {
  const [before, after] = [old.version && parseVersion(old.version), next.version && parseVersion(next.version)];
  return before && after ? { before, after } : undefined;
}

/**
 * Kubernetes upgrades go one minor release at a time and never back, patches included: that is what Kubernetes' version skew policy
 * allows a control plane (https://kubernetes.io/releases/version-skew-policy/), and the versions that GET `upgrades` offers.
 */
export const kubernetesUpdateRules: readonly UpdateRule[] = [
  {
    code: "kubernetes-downgrade",
    fields: [field.version],
    summary: "Kubernetes is never downgraded: what a newer API server has stored, an older one may not read.",
    check: (change) => {
      const { old, next } = change;
      if (!raisesKubernetes(next.version, old.version)) return undefined;
      return forbidden(field.version, next.version, `expected ${old.version} or newer`);
    },
  },
  {
    code: "kubernetes-minor-skip",
    fields: [field.version],
    summary: "Kubernetes is upgraded one minor release at a time.",
    check: (change, { kubernetesVersions }) => {
      const versions = bothVersions(change);
      if (versions === undefined) return undefined;
      const { before, after } = versions;
      if (after.major < before.major || (after.major === before.major && after.minor <= before.minor + 1))
        return undefined;
      const reachable = kubernetesVersions.filter((version) => {
        const parsed = parseVersion(version);
        return parsed?.major === before.major && parsed.minor === before.minor + 1;
      });
      const expected = reachable.length > 0 ? reachable.join(" or ") : `${before.major}.${before.minor + 1}`;
      const message = `expected ${expected} first: Kubernetes is upgraded one minor release at a time`;
      return forbidden(field.version, change.next.version, message);
    },
  },
];
