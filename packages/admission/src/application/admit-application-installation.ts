import { isDeepStrictEqual } from "node:util";
import { tokensOf, validateCiliumValuesUpdate } from "@fairlead/network";
import {
  type ApplicationDefinition,
  type ApplicationInstallation,
  applicationManagedByLabel,
  applicationManagedByValue,
  applicationTypeCni,
  applicationTypeLabel,
} from "@fairlead/resources";
import { type Admission, admitUnchanged, isBeingDeleted, type WriteRequest } from "../admission.ts";
import { type FieldProblem, problem } from "../field-problem.ts";
import { baseValuesAnnotation } from "./base-values.ts";
import { completeDeployOptions, deployOptionProblems, isDuration } from "./deploy-options.ts";
import { managedPointers, managedValuesAnnotation } from "./managed-pointers.ts";

export interface ApplicationInstallationWrite extends WriteRequest<ApplicationInstallation> {
  /** The one that `spec.applicationRef.name` names, if it exists; read by the caller. */
  readonly definition?: ApplicationDefinition | undefined;
  /** Whether Fairlead itself writes: it keeps what users may not touch. */
  readonly byFairlead: boolean;
}

/** Judges the write of an ApplicationInstallation in a user cluster. */
export function admitApplicationInstallation(write: ApplicationInstallationWrite): Admission<ApplicationInstallation> {
  const { object, oldObject, byFairlead } = write;
  if (isBeingDeleted(write)) return admitUnchanged(object);
  const completed = withDeployOptions(byFairlead ? object : withRecords(object, oldObject));
  const errors = [
    ...intervalProblems(object),
    ...deployOptionProblems(completed.spec?.deployOptions, "spec.deployOptions"),
    ...referenceProblems(write),
    ...(oldObject ? immutableProblems(object, oldObject) : []),
    ...(oldObject && !byFairlead ? [...labelProblems(object, oldObject), ...managedProblems(object, oldObject)] : []),
  ];
  return { errors, warnings: [], object: completed };
}

function withDeployOptions(object: ApplicationInstallation): ApplicationInstallation {
  const before = object.spec?.deployOptions;
  const after = completeDeployOptions(before);
  return before === after ? object : { ...object, spec: { ...object.spec, deployOptions: after } };
}

const records = [managedValuesAnnotation, baseValuesAnnotation];

/** What Fairlead notes of an installation's values stays as it is, whatever an edit or an older manifest says. */
function withRecords(
  object: ApplicationInstallation,
  oldObject: ApplicationInstallation | undefined,
): ApplicationInstallation {
  if (!oldObject || !isManaged(oldObject)) return object;
  const before = oldObject.metadata.annotations ?? {};
  const after = object.metadata.annotations ?? {};
  if (records.every((record) => before[record] === after[record])) return object;
  const kept = { ...after };
  for (const record of records) {
    const text = before[record];
    if (text === undefined) delete kept[record];
    else kept[record] = text;
  }
  return { ...object, metadata: { ...object.metadata, annotations: kept } };
}

function intervalProblems({ spec }: ApplicationInstallation): FieldProblem[] {
  const interval = spec?.reconciliationInterval;
  if (interval === undefined || isDuration(interval)) return [];
  const message = 'expected a duration like "30m" that is not negative; 0 is never';
  return [
    problem("invalid", "spec.reconciliationInterval", { value: interval, message, code: "reconciliation-interval" }),
  ];
}

/** What was accepted once stays usable, though its definition may have lost the version since. */
function referenceProblems({ object, oldObject, definition }: ApplicationInstallationWrite): FieldProblem[] {
  const reference = object.spec?.applicationRef;
  if (!reference?.name || !reference.version) return []; // The schema says what is required.
  if (isDeepStrictEqual(reference, oldObject?.spec.applicationRef)) return [];
  if (!definition) {
    const message = "there is no such ApplicationDefinition";
    return [
      problem("notFound", "spec.applicationRef.name", { value: reference.name, message, code: "application-unknown" }),
    ];
  }
  const versions = definition.spec.versions.map(({ version }) => version);
  if (versions.includes(reference.version)) return [];
  const message = `${reference.name} has ${versions.join(", ") || "no version"}`;
  return [
    problem("notFound", "spec.applicationRef.version", {
      value: reference.version,
      message,
      code: "application-version-unknown",
    }),
  ];
}

function immutableProblems({ spec }: ApplicationInstallation, { spec: old }: ApplicationInstallation): FieldProblem[] {
  return [
    ...unchanged("spec.applicationRef.name", old.applicationRef.name, spec?.applicationRef?.name),
    ...unchanged("spec.namespace.name", old.namespace.name, spec?.namespace?.name),
    ...unchanged("spec.namespace.create", old.namespace.create, spec?.namespace?.create),
  ];
}

function labelProblems(object: ApplicationInstallation, oldObject: ApplicationInstallation): FieldProblem[] {
  const before = oldObject.metadata.labels ?? {};
  const after = object.metadata.labels ?? {};
  const kept = isManaged(oldObject) ? [applicationManagedByLabel, applicationTypeLabel] : [applicationManagedByLabel];
  return kept.flatMap((label) => unchanged(`metadata.labels[${label}]`, before[label], after[label]));
}

/** The CNI of a cluster: its version is the Cluster's, and so are the values that its network depends on. */
function managedProblems({ spec }: ApplicationInstallation, oldObject: ApplicationInstallation): FieldProblem[] {
  if (!isManaged(oldObject) || oldObject.metadata.labels?.[applicationTypeLabel] !== applicationTypeCni) return [];
  const { applicationRef, values = {} } = oldObject.spec;
  const problems: FieldProblem[] = [];
  if (spec?.applicationRef?.version !== applicationRef.version) {
    const message = `follows spec.cniPlugin.version of the Cluster, which is where to change it; here it must stay ${JSON.stringify(applicationRef.version)}`;
    problems.push(problem("forbidden", "spec.applicationRef.version", { message, code: "cni-version-managed" }));
  }
  const next = spec?.values ?? {};
  if (applicationRef.name !== "cilium" || isDeepStrictEqual(values, next)) return problems;
  const managed = managedPointers(oldObject).map(tokensOf);
  return [...problems, ...validateCiliumValuesUpdate({ old: values, next, version: applicationRef.version, managed })];
}

function isManaged({ metadata }: ApplicationInstallation): boolean {
  return metadata.labels?.[applicationManagedByLabel] === applicationManagedByValue;
}

function unchanged(field: string, before: unknown, after: unknown): FieldProblem[] {
  if (before === after) return [];
  const message =
    before === undefined ? "is immutable: must not be set later" : `is immutable: must stay ${JSON.stringify(before)}`;
  return [problem("invalid", field, { value: after ?? "", message, code: "installation-immutable" })];
}
