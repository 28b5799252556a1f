import { type Catalogue, findVersion, isObject, type JsonObject } from "@fairlead/network";
import { type Cluster, cniValuesChangeAnnotation } from "@fairlead/resources";
import { type FieldProblem, problem } from "../field-problem.ts";

/** Of JSON. All annotations of an object together may have 256 KiB, and the installation keeps the change with what it replaced. */
const longest = 64 * 1024;
/** Deeper than any chart's values; a bound keeps hostile input from exhausting the stack. */
const deepest = 32;

/** What is wrong with a merge patch of Helm values; undefined if it can be used. */
export function valuesChangeObjection(change: unknown): string | undefined {
  if (!isObject(change) || Object.keys(change).length === 0) {
    return 'expected a JSON object that names the Helm values to change, such as {"hubble":{"enabled":true}}; null takes a key away';
  }
  if (depthOf(change) > deepest) return `expected values that are nested at most ${deepest} levels deep`;
  const { length } = JSON.stringify(change);
  return length > longest ? `expected at most ${longest} characters of JSON, got ${length}` : undefined;
}

/** @returns the merge patch that the Cluster's annotation holds, undefined if there is none or it is no JSON */
export function valuesChangeOf({ metadata }: Cluster): unknown {
  try {
    return JSON.parse(metadata.annotations?.[cniValuesChangeAnnotation] ?? "") as unknown;
  } catch {
    return undefined;
  }
}

/** Whether the change of Helm values that the Cluster's annotation asks for can be made there. Takes any spec. */
export function valuesChangeProblems(cluster: Cluster, catalogue: Catalogue): FieldProblem[] {
  const value = cluster.metadata.annotations?.[cniValuesChangeAnnotation];
  if (value === undefined) return [];
  const message = valuesChangeObjection(valuesChangeOf(cluster)) ?? deliveryObjection(cluster, catalogue);
  if (message === undefined) return [];
  const field = `metadata.annotations[${cniValuesChangeAnnotation}]`;
  // The value may hold secrets, and a refusal is written to logs.
  return [problem("forbidden", field, { message, code: "cni-values-change" })];
}

/** Why the CNI of a cluster has no Helm values to change; undefined if it has. */
export function deliveryObjection({ spec }: Cluster, catalogue: Catalogue): string | undefined {
  const { type = "none", version = "" } = spec?.cniPlugin ?? {};
  if (findVersion(catalogue, type, version)?.delivery === "application") return undefined;
  const cni = `${type} ${version}`.trim();
  return `its CNI, ${cni}, does not come as application and has no Helm values to change: only Cilium 1.13.0 and newer has`;
}

/** Level by level, so that no depth is too much. */
function depthOf(root: JsonObject): number {
  let [level, depth]: [unknown[], number] = [[root], 0];
  while (level.length > 0 && depth <= deepest) {
    level = level.flatMap((value) => (typeof value === "object" && value !== null ? Object.values(value) : []));
    depth++;
  }
  return depth;
}
