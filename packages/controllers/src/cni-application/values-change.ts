/**
 * A change of the Helm values of a CNI that comes as application: what the Cluster's annotation asks for, and how far it is.
 * The installation records what is under way, with what was there before, in the same write as the values. Pure.
 * @module
 */
import { createHash } from "node:crypto";
import {
  managedPointers,
  type PreflightFinding,
  valuesChangeObjection,
  valuesChangeOf,
  valuesChangeRecordAnnotation,
} from "@fairlead/admission";
import { canonicalJson } from "@fairlead/kube";
import {
  isObject,
  type JsonObject,
  mergePatch,
  replacedBy,
  takeBack,
  tokensOf,
  validateCiliumValuesUpdate,
} from "@fairlead/network";
import {
  type ApplicationInstallation,
  type Cluster,
  type CniValuesChangeStatus,
  cniRolloutAnnotation,
  cniRolloutUidAnnotation,
  cniValuesChangeAnnotation,
} from "@fairlead/resources";

export interface ValuesChange {
  /** A JSON merge patch. */
  change: JsonObject;
  digest: string;
  rollout?: { name: string; uid: string };
}

/** A change that is written, and not known to have ended. */
export interface ValuesChangeRecord extends ValuesChange {
  /** What the change replaced. */
  before: JsonObject;
  startedAt: string;
}

/** What is to be written into the installation. */
export interface ValuesEdit {
  values: JsonObject;
  /** Absent: nothing is under way any more. */
  record?: ValuesChangeRecord;
}

export interface BegunEdit extends ValuesEdit {
  record: ValuesChangeRecord;
}

export type ValuesStep =
  | { step: "none" }
  | { step: "begin"; request: ValuesChange }
  /** `isTaken`: it is what the Cluster's annotation asks for, which has done its work. */
  | { step: "watch"; record: ValuesChangeRecord; isTaken: boolean }
  /** The Cluster's status tells how it ended; what failed is taken back now. */
  | { step: "settle"; edit: ValuesEdit }
  /** It was under way, and nothing of it is left. */
  | { step: "lost"; change: CniValuesChangeStatus };

export function digestOf(change: JsonObject): string {
  return createHash("sha256").update(canonicalJson(change)).digest("hex").slice(0, 16);
}

/** @throws SyntaxError if the annotation holds no merge patch that can be used; admission refuses such a one */
export function requestedChange(cluster: Cluster): ValuesChange | undefined {
  const { annotations = {} } = cluster.metadata;
  if (annotations[cniValuesChangeAnnotation] === undefined) return undefined;
  const change = valuesChangeOf(cluster);
  const objection = valuesChangeObjection(change);
  if (objection || !isObject(change)) {
    throw new SyntaxError(`metadata.annotations["${cniValuesChangeAnnotation}"]: ${objection}`);
  }
  const [name = "", uid] = [annotations[cniRolloutAnnotation], annotations[cniRolloutUidAnnotation]];
  return { change, digest: digestOf(change), ...(uid ? { rollout: { name, uid } } : {}) };
}

/** What the installation says is under way; nothing if that is broken. */
export function recordOf({ metadata }: ApplicationInstallation): ValuesChangeRecord | undefined {
  try {
    const record: unknown = JSON.parse(metadata.annotations?.[valuesChangeRecordAnnotation] ?? "");
    return isObject(record) && isObject(record.change) && isObject(record.before)
      ? (record as unknown as ValuesChangeRecord)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the status says of a change under way what the installation does not: one of them is older. */
export function isUnaccounted({ metadata, status }: Cluster, installation: ApplicationInstallation): boolean {
  const isAsked = metadata.annotations?.[cniValuesChangeAnnotation] !== undefined;
  return status?.cniValuesChanges?.[0]?.state === "RollingOut" && !isAsked && !recordOf(installation);
}

/**
 * What comes next.
 * @param isSettled whether nothing else is on its way in the installation
 * @throws SyntaxError see {@link requestedChange}
 */
export function planValuesStep(cluster: Cluster, existing: ApplicationInstallation, isSettled: boolean): ValuesStep {
  const request = requestedChange(cluster);
  const record = recordOf(existing);
  const known = cluster.status?.cniValuesChanges ?? [];
  if (record) {
    const isTaken = request?.digest === record.digest && request.rollout?.uid === record.rollout?.uid;
    const told = known.find(({ digest, startedAt }) => digest === record.digest && startedAt === record.startedAt);
    if (isTaken || told?.finishedAt === undefined) return { step: "watch", record, isTaken };
    const values = valuesOf(existing);
    const failed = told.state === "Failed";
    return { step: "settle", edit: { values: failed ? takeBack(values, record.change, record.before) : values } };
  }
  if (request) return isSettled ? { step: "begin", request } : { step: "none" };
  const [last] = known;
  return last?.state === "RollingOut" ? { step: "lost", change: last } : { step: "none" };
}

/** The values with the change, and what is to be remembered of it. */
export function beginChange(existing: ApplicationInstallation, request: ValuesChange, startedAt: string): BegunEdit {
  const values = valuesOf(existing);
  const record: ValuesChangeRecord = { ...request, before: replacedBy(values, request.change), startedAt };
  return { values: mergePatch(values, request.change), record };
}

/** Of JSON; see `valuesChangeObjection`. */
const longestRecord = 128 * 1024;

/** What stands in the way of an edit, but for what the chart has against it. Managed values win (ruling 14). */
export function editFindings(
  existing: ApplicationInstallation,
  { values: next, record }: BegunEdit,
): PreflightFinding[] {
  const { version } = existing.spec.applicationRef;
  const managed = managedPointers(existing).map(tokensOf);
  const errors = validateCiliumValuesUpdate({ old: valuesOf(existing), next, version, managed });
  const findings = errors.map(({ field, message }): PreflightFinding => {
    return { check: "values", message: `${field.replace(/^spec\.values\./, "")}: ${message}` };
  });
  if (JSON.stringify(record).length <= longestRecord) return findings;
  const message = `the change replaces more than can be kept to take it back: ${longestRecord} characters of JSON`;
  return [...findings, { check: "values", message }];
}

/** Of a managed CNI they are the complete document (ruling 16). */
function valuesOf({ spec }: ApplicationInstallation): JsonObject {
  return (spec.values ?? {}) as JsonObject;
}
