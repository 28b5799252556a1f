import { isDeepStrictEqual } from "node:util";
import { tokensOf, validateCiliumValuesUpdate, type Warning } from "@fairlead/network";
import {
  type ApplicationDefinition,
  type ApplicationInstallation,
  applicationManagedByLabel,
  applicationManagedByValue,
  applicationTypeCni,
  applicationTypeLabel,
  type Cluster,
  goDurationMs,
  isBlank,
} from "@fairlead/resources";
import { type Admission, admitUnchanged, isBeingDeleted, type WriteRequest } from "../admission.ts";
import { type FieldProblem, problem } from "../field-problem.ts";
import { baseValuesAnnotation } from "./base-values.ts";
import { referenceProblems as clusterReferenceProblems, resolveReferences } from "./cluster-references.ts";
import { cniContradictions, isCniChart } from "./cni-contradictions.ts";
import { completeDeployOptions, deployOptionProblems, isDuration } from "./deploy-options.ts";
import { managedPointers, managedValuesAnnotation, valuesChangeRecordAnnotation } from "./managed-pointers.ts";
import { isNamespaceName, namespaceNameRule } from "./namespace-name.ts";
import { readableValues, valuesProblems } from "./values-problems.ts";

export interface ApplicationInstallationWrite extends WriteRequest<ApplicationInstallation> {
  /** The one that `spec.applicationRef.name` names, if it exists; read by the caller. */
  readonly definition?: ApplicationDefinition | undefined;
  /** Whether Fairlead itself writes: it keeps what users may not touch. */
  readonly byFairlead: boolean;
  /** The cluster that it is in; without it nothing is said of how the values fit. */
  readonly cluster?: Cluster | undefined;
}

/** Judges the write of an ApplicationInstallation in a user cluster. */
export function admitApplicationInstallation(write: ApplicationInstallationWrite): Admission<ApplicationInstallation> {
  const { object, oldObject, byFairlead } = write;
  if (isBeingDeleted(write)) return admitUnchanged(object);
  const completed = withoutBlock(withDeployOptions(byFairlead ? object : withRecords(object, oldObject)));
  const errors = [
    ...intervalProblems(object),
    ...namespaceProblems(object, oldObject),
    ...deployOptionProblems(completed.spec?.deployOptions, "spec.deployOptions"),
    ...valuesProblems(object.spec ?? {}, { values: "values", block: "valuesBlock" }),
    ...referenceProblems(write),
    ...(oldObject ? immutableProblems(object, oldObject) : []),
    ...(oldObject && !byFairlead
      ? [...labelProblems(object, oldObject), ...managedProblems(completed, oldObject)]
      : []),
  ];
  return { errors, warnings: errors.length > 0 || byFairlead ? [] : valuesWarnings(write), object: completed };
}

/** Of the CNI that Fairlead manages `spec.values` always holds the complete document (ruling 16). */
function withoutBlock(object: ApplicationInstallation): ApplicationInstallation {
  if (!isManaged(object) || !isCniInstallation(object) || isBlank(object.spec?.valuesBlock)) return object;
  const values = readableValues(object.spec);
  if (!values) return object;
  const { valuesBlock: _text, ...spec } = object.spec;
  return { ...object, spec: { ...spec, values } };
}

/** What will not work in this cluster as the values stand; the installation is stored all the same. */
function valuesWarnings({ object, definition, cluster }: ApplicationInstallationWrite): Warning[] {
  const values = readableValues(object.spec ?? {});
  const options = deployWarnings(object, definition);
  if (!cluster || !values || isManaged(object)) return options;
  const missing = clusterReferenceProblems(values, cluster);
  if (missing.length > 0) {
    const unresolved = missing.map(({ field, message, value }) => ({
      field,
      message: `${String(value)}: ${message}`,
      code: "cluster-reference-unresolved",
    }));
    return [...options, ...unresolved];
  }
  if (!isCniApplication(object, definition)) return options;
  return [...options, ...cniContradictions(resolveReferences(values, cluster), cluster)];
}

/** Options that Fairlead does not follow to the letter, since its workers and its DNS are everybody's. */
function deployWarnings({ spec }: ApplicationInstallation, definition: ApplicationDefinition | undefined): Warning[] {
  const { timeout, enableDNS } = spec?.deployOptions?.helm ?? {};
  const field = "spec.deployOptions.helm";
  const warnings: Warning[] = [];
  if (typeof timeout === "string" && (goDurationMs(timeout) ?? 0) > 60 * 60_000) {
    warnings.push({ field: `${field}.timeout`, message: "helm is waited for at most one hour", code: "helm-timeout" });
  }
  if (enableDNS === true && definition?.spec.defaultDeployOptions?.helm?.enableDNS !== true) {
    const message = "has no effect: only applications whose ApplicationDefinition enables DNS may look up names";
    warnings.push({ field: `${field}.enableDNS`, message, code: "helm-enable-dns" });
  }
  return warnings;
}

/** By its chart, or by the label that says so. */
export function isCniApplication(
  installation: ApplicationInstallation,
  definition: ApplicationDefinition | undefined,
): boolean {
  if (isCniInstallation(installation) || definition?.metadata.labels?.[applicationTypeLabel] === applicationTypeCni) {
    return true;
  }
  const version = definition?.spec.versions.find(
    (candidate) => candidate.version === installation.spec.applicationRef?.version,
  );
  const { helm, git } = version?.template?.source ?? {};
  return isCniChart(helm?.chartName ?? git?.path ?? "");
}

function isCniInstallation({ metadata }: ApplicationInstallation): boolean {
  return metadata.labels?.[applicationTypeLabel] === applicationTypeCni;
}

function withDeployOptions(object: ApplicationInstallation): ApplicationInstallation {
  const before = object.spec?.deployOptions;
  const after = completeDeployOptions(before);
  return before === after ? object : { ...object, spec: { ...object.spec, deployOptions: after } };
}

const records = [managedValuesAnnotation, baseValuesAnnotation, valuesChangeRecordAnnotation];

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

/** That of a stored one is immutable. */
function namespaceProblems(
  { spec }: ApplicationInstallation,
  old: ApplicationInstallation | undefined,
): FieldProblem[] {
  const name = spec?.namespace?.name;
  if (old || name === undefined || isNamespaceName(name)) return []; // The schema says what is required.
  return [
    problem("invalid", "spec.namespace.name", { value: name, message: namespaceNameRule, code: "namespace-name" }),
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
    // As the schema fills it in, which it has not done yet with what comes by REST.
    ...unchanged("spec.namespace.create", old.namespace.create ?? true, spec?.namespace?.create ?? true),
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
  if (!isManaged(oldObject) || !isCniInstallation(oldObject)) return [];
  const { applicationRef } = oldObject.spec;
  const values = readableValues(oldObject.spec) ?? {};
  const problems: FieldProblem[] = [];
  if (spec?.applicationRef?.version !== applicationRef.version) {
    const message = `follows spec.cniPlugin.version of the Cluster, which is where to change it; here it must stay ${JSON.stringify(applicationRef.version)}`;
    problems.push(problem("forbidden", "spec.applicationRef.version", { message, code: "cni-version-managed" }));
  }
  const next = spec ? readableValues(spec) : undefined;
  if (!next) return problems;
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
