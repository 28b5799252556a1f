import { compareVersions, type FieldError, minorNumber } from "@fairlead/network";
import type { ClusterStatus } from "@fairlead/resources";

/**
 * Kubernetes is raised by one minor release at a time, and what counts is where the control plane is: a version that is asked
 * for and not reached yet is no step to stand on.
 * @param versions `status.versions` of the stored Cluster
 */
export function upgradeProblems(
  versions: ClusterStatus["versions"],
  { before, after }: { before: unknown; after: unknown },
): FieldError[] {
  const reached = versions?.controlPlane;
  if (!reached || typeof before !== "string" || typeof after !== "string" || before === after) return [];
  if (compareVersions(after, reached) <= 0 || minorNumber(after) <= minorNumber(reached) + 1) return [];
  const message = `expected a version that is one minor release newer than ${reached} at most: the control plane is still there, on its way to ${before}`;
  const error = { reason: "FieldValueForbidden", field: "spec.version", value: after, message } as const;
  return [{ ...error, code: "kubernetes-upgrade-under-way", stricter: false }];
}
