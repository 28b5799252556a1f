import type { KubeObject } from "@fairlead/kube";
import type { Warning } from "@fairlead/network";
import type { FieldProblem } from "./field-problem.ts";

/** The write that is to be judged: what admission webhooks are told of it. */
export interface WriteRequest<T extends KubeObject = KubeObject> {
  readonly operation: "CREATE" | "UPDATE";
  /** As sent, before the API server checks it against its schema: parts below `spec` may have any type. */
  readonly object: T;
  /** What is stored; only on UPDATE. */
  readonly oldObject?: T;
}

/** What is to become of a write. It is allowed unless there are errors. */
export interface Admission<T extends KubeObject = KubeObject> {
  readonly errors: readonly FieldProblem[];
  readonly warnings: readonly Warning[];
  /** What is to be stored: the object as sent, with what the rules add. The request's own object if they add nothing. */
  readonly object: T;
}

/** Nobody may hinder an object from going away, nor its finalizers from being removed. */
export function isBeingDeleted({ oldObject }: WriteRequest): boolean {
  return oldObject?.metadata.deletionTimestamp !== undefined;
}

export function admitUnchanged<T extends KubeObject>(object: T): Admission<T> {
  return { errors: [], warnings: [], object };
}
