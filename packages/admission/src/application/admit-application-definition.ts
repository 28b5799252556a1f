import { isDeepStrictEqual } from "node:util";
import type { ApplicationDefinition, ApplicationVersion } from "@fairlead/resources";
import { type Admission, admitUnchanged, isBeingDeleted, type WriteRequest } from "../admission.ts";
import { type FieldProblem, problem } from "../field-problem.ts";
import { addressProblems } from "./chart-addresses.ts";
import { completeDeployOptions, deployOptionProblems } from "./deploy-options.ts";
import { sourceProblems } from "./source-problems.ts";
import { valuesProblems } from "./values-problems.ts";

export interface ApplicationDefinitionWrite extends WriteRequest<ApplicationDefinition> {
  /** Versions that are some cluster's CNI, which users may not take away; read by the caller. */
  readonly cniVersionsInUse?: ReadonlySet<string>;
  /** `host:port` that charts may come from though they are loopback or the like; see `allowedChartAddresses`. */
  readonly allowedAddresses?: readonly string[];
}

/** Judges the write of an ApplicationDefinition. A version that is some cluster's CNI stays in it (ruling 13). */
export function admitApplicationDefinition(write: ApplicationDefinitionWrite): Admission<ApplicationDefinition> {
  const { object, oldObject } = write;
  if (isBeingDeleted(write)) return admitUnchanged(object);
  const completed = withDeployOptions(object);
  const versions = versionsOf(object);
  const errors = [
    ...duplicates(versions),
    ...versions.flatMap(({ template }, index) =>
      sourceProblems(template?.source, `spec.versions[${index}].template.source`),
    ),
    ...closedSources(write),
    ...deployOptionProblems(completed.spec?.defaultDeployOptions, "spec.defaultDeployOptions"),
    ...valuesProblems(
      { values: object.spec?.defaultValues, valuesBlock: object.spec?.defaultValuesBlock },
      { values: "defaultValues", block: "defaultValuesBlock" },
    ),
    ...(oldObject ? immutableMethod(object, oldObject) : []),
    ...(oldObject ? takenAway(write, oldObject) : []),
  ];
  return { errors, warnings: [], object: completed };
}

/** Deleting a definition takes away all its versions. */
export function admitDefinitionDeletion(
  definition: ApplicationDefinition,
  cniVersionsInUse: ReadonlySet<string>,
): FieldProblem[] {
  const used = versionsOf(definition).flatMap(({ version }) => (cniVersionsInUse.has(version) ? [version] : []));
  if (used.length === 0) return [];
  const message = `is the CNI of clusters, with version ${used.join(", ")}: change or delete those first`;
  return [problem("forbidden", "metadata.name", { message, code: "cni-version-in-use" })];
}

function withDeployOptions(object: ApplicationDefinition): ApplicationDefinition {
  const before = object.spec?.defaultDeployOptions;
  const after = completeDeployOptions(before);
  return before === after ? object : { ...object, spec: { ...object.spec, defaultDeployOptions: after } };
}

/** Before the API server has checked the schema there may be anything. */
function versionsOf({ spec }: ApplicationDefinition): ApplicationVersion[] {
  return Array.isArray(spec?.versions) ? spec.versions : [];
}

function duplicates(versions: readonly ApplicationVersion[]): FieldProblem[] {
  const seen = new Set<string>();
  return versions.flatMap(({ version }, index) => {
    if (!seen.has(version)) {
      seen.add(version);
      return [];
    }
    const message = "expected each version once";
    return [
      problem("duplicate", `spec.versions[${index}].version`, { value: version, message, code: "version-duplicate" }),
    ];
  });
}

/** Only of sources that this write brings: an address may have been allowed when an older one was stored. */
function closedSources({ object, oldObject, allowedAddresses = [] }: ApplicationDefinitionWrite): FieldProblem[] {
  const known = oldObject ? versionsOf(oldObject).map(({ template }) => template.source) : [];
  return versionsOf(object).flatMap(({ template }, index) => {
    const source = template?.source;
    if (!source || known.some((stored) => isDeepStrictEqual(stored, source))) return [];
    return addressProblems(source, `spec.versions[${index}].template.source`, allowedAddresses);
  });
}

function immutableMethod(object: ApplicationDefinition, oldObject: ApplicationDefinition): FieldProblem[] {
  if (object.spec?.method === oldObject.spec.method) return [];
  const message = `is immutable: must stay ${JSON.stringify(oldObject.spec.method)}`;
  return [problem("invalid", "spec.method", { value: object.spec?.method ?? "", message, code: "method-immutable" })];
}

function takenAway(
  { object, cniVersionsInUse = new Set() }: ApplicationDefinitionWrite,
  oldObject: ApplicationDefinition,
): FieldProblem[] {
  const kept = new Set(versionsOf(object).map(({ version }) => version));
  return versionsOf(oldObject).flatMap(({ version }) => {
    if (kept.has(version) || !cniVersionsInUse.has(version)) return [];
    const message = `version ${version} is the CNI of clusters: it must stay until they have another one`;
    return [problem("forbidden", "spec.versions", { message, code: "cni-version-in-use" })];
  });
}
