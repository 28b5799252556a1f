import type { RuleContext } from "../types.ts";
import type { ClusterView } from "./view.ts";

/** Kubernetes' causes of invalid objects (`metav1.CauseType`, `field.ErrorType`). */
export type FieldErrorReason =
  | "FieldValueRequired"
  | "FieldValueInvalid"
  | "FieldValueNotSupported"
  | "FieldValueForbidden"
  | "FieldValueTooMany";

/** What a rule found wrong with one field. */
export interface Finding {
  readonly reason: FieldErrorReason;
  /** The JSON path: `spec.clusterNetwork.pods.cidrBlocks[0]`. */
  readonly field: string;
  /** The bad value; absent where there is none. */
  readonly value?: unknown;
  /** What would be accepted. */
  readonly message: string;
}

/** A finding with the rule behind it. */
export interface FieldError extends Finding {
  readonly code: string;
  /** Whether only Fairlead refuses this, because the cluster would not work (ruling 8). */
  readonly stricter: boolean;
}

/** Accepted, but worth knowing: travels as an admission warning (ruling 6). */
export interface Warning {
  readonly code: string;
  readonly field: string;
  readonly message: string;
}

/** What a check returns: nothing in the good case, which is the usual one. */
export type Found<T> = T | readonly T[] | undefined;

export interface Named {
  /** Stable, kebab-case. */
  readonly code: string;
  /** The JSON paths that findings are about, without the indexes of lists. */
  readonly fields: readonly string[];
  /** One sentence for documentation and explanations: what the rule demands. */
  readonly summary: string;
}

/** A rule that refuses. */
export interface Rule extends Named {
  readonly stricter?: true;
  /** It depends on what is around the cluster (datacenters, versions on offer), which may change without a write to it. */
  readonly surroundings?: true;
  readonly check: (cluster: ClusterView, context: RuleContext) => Found<Finding>;
}

/** A rule that only warns. */
export interface WarningRule extends Named {
  readonly check: (cluster: ClusterView, context: RuleContext) => Found<Omit<Warning, "code">>;
}

export function required(field: string, message: string): Finding {
  return { reason: "FieldValueRequired", field, message };
}

export function invalid(field: string, value: unknown, message: string): Finding {
  return { reason: "FieldValueInvalid", field, value, message };
}

/** An absent value counts as `""`: clients of typed languages send the one for the other. */
export function notSupported(field: string, value: unknown, supported: readonly string[], why?: string): Finding {
  const list = supported.map((entry) => JSON.stringify(entry)).join(", ");
  const message = `supported values: ${list || "none"}${why ? `; ${why}` : ""}`;
  return { reason: "FieldValueNotSupported", field, value, message };
}

export function forbidden(field: string, value: unknown, message: string): Finding {
  return { reason: "FieldValueForbidden", field, value, message };
}

export function tooMany(field: string, count: number, most: number): Finding {
  return { reason: "FieldValueTooMany", field, value: count, message: `must have at most ${most} items` };
}
