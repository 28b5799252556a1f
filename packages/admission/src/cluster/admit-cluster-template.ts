import { isDeepStrictEqual } from "node:util";
import {
  type ClusterTemplate,
  initialApplicationsAnnotation,
  initialCniValuesAnnotation,
  initialMachineDeploymentAnnotation,
  projectLabel,
  templateScopeLabel,
  templateScopes,
} from "@fairlead/resources";
import { type Admission, admitUnchanged, isBeingDeleted, type WriteRequest } from "../admission.ts";
import { type FieldProblem, problem } from "../field-problem.ts";
import type { Installation } from "../installation.ts";
import { judgeNewCluster, judgeWithoutTemplate } from "./judge-cluster.ts";
import { seedsWithDefault } from "./templates.ts";

/**
 * Judges the write of a ClusterTemplate by what a cluster made from it would be. Nothing is filled in: a template says
 * what its author chose, and defaults are those of the day on which a cluster is created.
 * @throws ConfigurationError if the installation is not set up in a way that can be worked with
 */
export function admitClusterTemplate(
  write: WriteRequest<ClusterTemplate>,
  installation: Installation,
): Admission<ClusterTemplate> {
  const { object, oldObject } = write;
  if (isBeingDeleted(write)) return admitUnchanged(object);
  const errors = [
    ...labelProblems(object),
    ...valuesProblems(object),
    ...sshKeyProblems(object),
    ...(oldObject ? defaultProblems(object, installation) : []),
  ];
  const forSeed = isForSeeds(object);
  if (oldObject && isForSeeds(oldObject) === forSeed && isDeepStrictEqual(object.spec, oldObject.spec)) {
    return { errors, warnings: [], object };
  }
  const judged = (forSeed ? judgeWithoutTemplate : judgeNewCluster)(object.spec, installation);
  const network = forSeed ? judged.errors.filter(({ field }) => !isProviderField(field)) : judged.errors;
  return {
    errors: [...errors, ...(forSeed ? seedProblems(object) : []), ...network],
    warnings: judged.warnings,
    object,
  };
}

/** A template that is the default of a seed's clusters stays: without it no cluster could be created there. */
export function admitTemplateDeletion(object: ClusterTemplate, installation: Installation): FieldProblem[] {
  return seedsWithDefault(installation, object.metadata.name ?? "").map((seed) =>
    problem("forbidden", "metadata.name", {
      message: `seed "${seed}" has it as spec.defaultClusterTemplate: take it away there first`,
      code: "seed-template-in-use",
    }),
  );
}

function isForSeeds({ metadata }: ClusterTemplate): boolean {
  return metadata.labels?.[templateScopeLabel] === "seed";
}

function defaultProblems(object: ClusterTemplate, installation: Installation): FieldProblem[] {
  if (isForSeeds(object)) return [];
  return seedsWithDefault(installation, object.metadata.name ?? "").map((seed) =>
    problem("forbidden", scopeField, {
      message: `must stay "seed": seed "${seed}" has it as spec.defaultClusterTemplate`,
      code: "seed-template-in-use",
    }),
  );
}

const scopeField = `metadata.labels[${templateScopeLabel}]`;

function labelProblems({ metadata: { labels } }: ClusterTemplate): FieldProblem[] {
  const scope = labels?.[templateScopeLabel];
  const known = `expected who may use the template: ${templateScopes.join(", ")}`;
  if (!scope) return [problem("required", scopeField, { message: known, code: "template-scope" })];
  if (!(templateScopes as readonly string[]).includes(scope)) {
    return [problem("notSupported", scopeField, { value: scope, message: known, code: "template-scope" })];
  }
  if (scope !== "project" || labels[projectLabel]) return [];
  const message = "expected the id of the project that the template belongs to";
  return [problem("required", `metadata.labels[${projectLabel}]`, { message, code: "template-project" })];
}

/** Where Helm values and first nodes are kept they are JSON. */
function valuesProblems({ metadata: { annotations } }: ClusterTemplate): FieldProblem[] {
  return requestAnnotations.flatMap(({ name, is, expected }) => {
    const text = annotations?.[name];
    if (!text || is(parseJson(text))) return [];
    return [problem("invalid", `metadata.annotations[${name}]`, { message: expected, code: "template-annotation" })];
  });
}

const isObject = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);

const requestAnnotations = [
  { name: initialCniValuesAnnotation, is: isObject, expected: "expected a JSON object of Helm values" },
  { name: initialMachineDeploymentAnnotation, is: isObject, expected: "expected a JSON object, a NodeDeployment" },
  { name: initialApplicationsAnnotation, is: Array.isArray, expected: "expected a JSON list of applications" },
];

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function sshKeyProblems({ userSSHKeys }: ClusterTemplate): FieldProblem[] {
  if (!Array.isArray(userSSHKeys)) return [];
  return userSSHKeys.flatMap((key, index) => {
    if (key?.id) return [];
    const message = "expected the id of an SSH key";
    return [problem("required", `userSSHKeys[${index}].id`, { message, code: "template-ssh-key" })];
  });
}

/** A seed's defaults serve clusters of every provider, so they name none. */
function seedProblems({ spec }: ClusterTemplate): FieldProblem[] {
  const { dc: _dc, ...provider } = { ...spec?.cloud };
  return Object.keys(provider).map((name) =>
    problem("forbidden", `spec.cloud.${name}`, {
      message: "a template for a whole seed names no provider",
      code: "seed-template-provider",
    }),
  );
}

function isProviderField(field: string): boolean {
  return field === "spec.cloud" || (field.startsWith("spec.cloud.") && field !== "spec.cloud.dc");
}
