import type { ApiCluster } from "@fairlead/resources";
import { isObject, type JsonObject } from "../http/json-body.ts";
import { isSystemLabel } from "./labels.ts";

const readOnly = [
  "id",
  "type",
  "creationTimestamp",
  "deletionTimestamp",
  "inheritedLabels",
  "machineDeploymentCount",
  "status",
] as const;

/**
 * A patch may carry the fields that only the server sets, as KKP's clients do, but does not change them: a warning for
 * each that differs from what `shown` says.
 */
export function readOnlyWarnings(patch: JsonObject, shown: ApiCluster): string[] {
  const current = shown as Readonly<Record<string, unknown>>;
  const fields = readOnly.filter((name) => differs(patch[name], current[name]));
  const labels = isObject(patch.labels) ? Object.keys(patch.labels).filter(isSystemLabel) : [];
  return [
    ...fields.map((name) => `${name}: is set by the server and was not changed`),
    ...labels.map((name) => `labels[${name}]: is set by the server and was not changed`),
  ];
}

/** Fields that are not carried, or carried empty, say nothing. */
function differs(given: unknown, actual: unknown): boolean {
  if (isEmpty(given)) return false;
  if (isObject(given)) {
    return Object.entries(given).some(([name, value]) => differs(value, isObject(actual) ? actual[name] : undefined));
  }
  return given !== actual && !isSameTime(given, actual);
}

/** Zero values are how Go writes "not set". */
function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === "" || value === 0 || isZeroTime(value);
}

function isZeroTime(value: unknown): boolean {
  return typeof value === "string" && /^0001-01-01T00:00:00(\.0+)?Z$/.test(value);
}

function isSameTime(a: unknown, b: unknown): boolean {
  return typeof a === "string" && typeof b === "string" && Date.parse(a) === Date.parse(b);
}
