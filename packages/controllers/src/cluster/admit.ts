/**
 * Whether the manager may act on a Cluster. Writes by `kubectl` do not pass the REST server, so the same rules are asked
 * again here. Pure.
 * @module
 */
import { type Installation, ruleContext } from "@fairlead/admission";
import { defaultClusterSpec, type FieldError, validateCreate } from "@fairlead/network";
import type { Cluster, ClusterSpec } from "@fairlead/resources";
import { mergeDiff } from "../merge-diff.ts";

export type Admission =
  | { accepted: false; errors: readonly FieldError[] }
  /** `patch`: what the spec lacks, to be stored before anything is done with it. */
  | { accepted: true; spec: ClusterSpec; patch?: Record<string, unknown> };

export function admit(cluster: Cluster, installation: Installation): Admission {
  const context = ruleContext(installation, cluster.spec.cloud?.dc ?? "");
  const { spec } = defaultClusterSpec(cluster.spec, context);
  const { errors } = validateCreate(spec, context);
  if (errors.length > 0) return { accepted: false, errors };
  const patch = mergeDiff(cluster.spec, spec);
  return { accepted: true, spec: spec as ClusterSpec, ...(patch ? { patch } : {}) };
}

/** All errors in one line, as `kubectl` prints them. */
export function describeErrors(errors: readonly FieldError[]): string {
  const texts = errors.map((error) => `${error.field}: ${error.message}`);
  return texts.length === 1 ? (texts[0] ?? "") : `[${texts.join(", ")}]`;
}
