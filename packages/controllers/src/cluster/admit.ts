/**
 * Whether the manager may act on a Cluster: the second line of defence, behind the admission webhooks. It holds for what
 * was stored before they were there, or before a rule was. Pure.
 * @module
 */
import { type Installation, judgeChangedCluster, judgeNewCluster } from "@fairlead/admission";
import type { FieldError } from "@fairlead/network";
import type { Cluster, ClusterSpec, ClusterTemplate } from "@fairlead/resources";
import { mergeDiff } from "../merge-diff.ts";

export type Admission =
  | { accepted: false; errors: readonly FieldError[] }
  /** `patch`: what the spec lacks, to be stored before anything is done with it. */
  | { accepted: true; spec: ClusterSpec; patch?: Record<string, unknown> };

/** A cluster that is run already is held to nothing new: a version may have left the offer since, or a rule become stricter. A new one is completed by the template that it names. */
export function admit(cluster: Cluster, installation: Installation, template?: ClusterTemplate): Admission {
  const state = { spec: cluster.spec, labels: cluster.metadata.labels ?? {} };
  const { spec, errors } = cluster.status?.namespaceName
    ? judgeChangedCluster(state, state, installation)
    : judgeNewCluster(cluster.spec, installation, template);
  if (errors.length > 0) return { accepted: false, errors };
  const patch = mergeDiff(cluster.spec, spec as ClusterSpec);
  return { accepted: true, spec: spec as ClusterSpec, ...(patch ? { patch } : {}) };
}
