import { isDeepStrictEqual } from "node:util";
import { type ClusterTemplate, projectLabel } from "@fairlead/resources";
import { type Admission, admitUnchanged, isBeingDeleted, type WriteRequest } from "../admission.ts";
import { type FieldProblem, problem } from "../field-problem.ts";
import type { Installation } from "../installation.ts";
import { judgeNewCluster } from "./judge-cluster.ts";

const scopeLabel = "scope";

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
  const errors = [...labelProblems(object), ...sshKeyProblems(object)];
  if (oldObject && isDeepStrictEqual(object.spec, oldObject.spec)) return { errors, warnings: [], object };
  const judged = judgeNewCluster(object.spec, installation);
  const forSeed = object.metadata.labels?.[scopeLabel] === "seed";
  const network = forSeed ? judged.errors.filter(({ field }) => !isProviderField(field)) : judged.errors;
  return {
    errors: [...errors, ...(forSeed ? seedProblems(object) : []), ...network],
    warnings: judged.warnings,
    object,
  };
}

function labelProblems({ metadata: { labels } }: ClusterTemplate): FieldProblem[] {
  const scope = labels?.[scopeLabel];
  if (!scope) {
    const message = "expected who may use the template: user, project, global or seed";
    return [problem("required", "metadata.labels[scope]", { message, code: "template-scope" })];
  }
  if (scope !== "project" || labels[projectLabel]) return [];
  const message = "expected the id of the project that the template belongs to";
  return [problem("required", `metadata.labels[${projectLabel}]`, { message, code: "template-project" })];
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
