/**
 * Why an Addon is not in the cluster as asked, in words for its condition. Pure.
 * @module
 */
import { type HelmError, isHelmError } from "@fairlead/helm";
import { ApplySetError, type ApplySetFailure, ConnectionError, describeObject } from "@fairlead/kube";
import { UnknownAddonError } from "./charts.ts";

export interface AddonFailure {
  reason:
    | "UnknownAddon"
    | "ValuesInvalid"
    | "ChartInvalid"
    | "ObjectsRefused"
    | "RemovalIncomplete"
    | "ClusterUnreachable"
    | "ReconcilingError";
  message: string;
  /** Only another chart, other variables or another network can help: trying again would give the same. */
  terminal: boolean;
}

const namedFailures = 3;

export function describeFailure(error: unknown): AddonFailure {
  if (error instanceof UnknownAddonError) return { reason: "UnknownAddon", message: error.message, terminal: true };
  if (error instanceof ConnectionError) return unreachable(error);
  if (error instanceof ApplySetError) return refused(error);
  if (isHelmError(error, "values-invalid")) return { ...valuesInvalid(error), terminal: true };
  if (isHelmError(error, "render-failed", "kubernetes-version-refused")) {
    const message = `the add-on's chart cannot be rendered for this cluster; nothing of it was changed: ${error.message}`;
    return { reason: "ChartInvalid", message, terminal: true };
  }
  return { reason: "ReconcilingError", message: messageOf(error), terminal: false };
}

function valuesInvalid({ message }: HelmError): Pick<AddonFailure, "reason" | "message"> {
  const problems = message.replace(/^values don't meet the specifications of the schema.*?: [\w-]+: /, "");
  return {
    reason: "ValuesInvalid",
    message: `spec.variables do not fit the add-on's chart, nothing was changed: ${problems}`,
  };
}

function refused({ failures }: ApplySetError): AddonFailure {
  const [first] = failures;
  if (first && failures.every(({ error }) => error instanceof ConnectionError)) return unreachable(first.error);
  const named = failures.slice(0, namedFailures).map(describeOne);
  const others = failures.length - named.length;
  const list = [...named, ...(others > 0 ? [`and ${others} more`] : [])].join("; ");
  const pruning = failures.every(({ action }) => action === "prune");
  return pruning
    ? { reason: "RemovalIncomplete", message: `waiting for objects that are to go: ${list}`, terminal: false }
    : {
        reason: "ObjectsRefused",
        message: `the cluster's API server refuses ${count(failures.length)}, all others are applied: ${list}`,
        terminal: false,
      };
}

function describeOne({ object, error }: ApplySetFailure): string {
  return `${describeObject(object)}: ${messageOf(error)}`;
}

function count(failures: number): string {
  return failures === 1 ? "one object" : `${failures} objects`;
}

function unreachable(error: unknown): AddonFailure {
  const message = `the cluster's API server does not answer, trying again: ${messageOf(error)}`;
  return { reason: "ClusterUnreachable", message, terminal: false };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
