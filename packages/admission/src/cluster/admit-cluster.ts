import {
  type Cluster,
  type ClusterSpec,
  type ClusterTemplate,
  clusterOwnerAnnotation,
  cniTargetVersionAnnotation,
  cniValuesChangeAnnotation,
  type Project,
  projectLabel,
} from "@fairlead/resources";
import { type Admission, admitUnchanged, isBeingDeleted, type WriteRequest } from "../admission.ts";
import { rolloutTimeoutProblems, targetProblems } from "../cni-upgrade/target.ts";
import { valuesChangeProblems } from "../cni-upgrade/values-change.ts";
import { type FieldProblem, problem } from "../field-problem.ts";
import { catalogueOf, type Installation } from "../installation.ts";
import { judgeChangedCluster, judgeNewCluster } from "./judge-cluster.ts";
import { templateProblems, withTemplateRequests } from "./templates.ts";

export interface ClusterWrite extends WriteRequest<Cluster> {
  /** The one that label `project-id` names, if it exists; read by the caller. */
  readonly project?: Project | undefined;
  /** The one that annotation `fairlead.dev/cluster-template` of a new Cluster names, if it exists; read by the caller. */
  readonly template?: ClusterTemplate | undefined;
}

/** The id becomes part of names: of namespaces, of user clusters' objects, of directories. */
const longestName = 36;
const rfc1035Label = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const projectField = `metadata.labels[${projectLabel}]`;

/**
 * Judges the write of a Cluster, and completes it: defaults on creation; on a change also what the rules carry along,
 * such as a forced upgrade of the CNI. An object that is being deleted is left alone.
 * @throws ConfigurationError if the installation is not set up in a way that can be worked with
 */
export function admitCluster(write: ClusterWrite, installation: Installation): Admission<Cluster> {
  if (isBeingDeleted(write)) return admitUnchanged(write.object);
  const { object, oldObject } = write;
  if (!oldObject) return admitNewCluster(write, installation);
  const judged = judgeChangedCluster(
    { ...stateOf(oldObject), versions: oldObject.status?.versions },
    stateOf(object),
    installation,
  );
  return {
    errors: [...changedMetadata(object, oldObject), ...upgradeProblems(write, installation), ...judged.errors],
    warnings: judged.warnings,
    // Judged as a whole by now: what has the wrong type is refused, or left for the schema to refuse.
    object: { ...object, spec: judged.spec as ClusterSpec },
  };
}

function admitNewCluster(write: ClusterWrite, installation: Installation): Admission<Cluster> {
  const { object, template } = write;
  const refusedTemplate = templateProblems(object, template);
  const usable = refusedTemplate.length === 0 ? template : undefined;
  const { spec, errors, warnings } = judgeNewCluster(object.spec, installation, usable);
  const annotations = withTemplateRequests(object.metadata.annotations ?? {}, { spec, template: usable, installation });
  const metadata = Object.keys(annotations).length > 0 ? { ...object.metadata, annotations } : object.metadata;
  return {
    errors: [...newMetadata(write), ...upgradeProblems(write, installation), ...refusedTemplate, ...errors],
    warnings,
    object: { ...object, metadata, spec: spec as ClusterSpec },
  };
}

/** What was stored before is not held against other changes. */
function upgradeProblems({ object, oldObject }: ClusterWrite, installation: Installation): FieldProblem[] {
  const isNew = (name: string) => object.metadata.annotations?.[name] !== oldObject?.metadata.annotations?.[name];
  return [
    ...rolloutTimeoutProblems(object),
    ...(isNew(cniTargetVersionAnnotation) ? targetProblems(object, catalogueOf(installation)) : []),
    ...(isNew(cniValuesChangeAnnotation) ? valuesChangeProblems(object, catalogueOf(installation)) : []),
  ];
}

function stateOf({ metadata, spec }: Cluster) {
  return { spec, labels: metadata.labels ?? {} };
}

function newMetadata({ object, project }: ClusterWrite): FieldProblem[] {
  const { name, labels } = object.metadata;
  // With generateName the server chooses a name after the mutating webhooks, and before the validating ones.
  const problems = name ? nameProblems(name) : [];
  const projectId = labels?.[projectLabel];
  if (!projectId) {
    problems.push(
      problem("required", projectField, { message: "expected the id of a project", code: "project-label" }),
    );
  } else if (!project) {
    const message = "there is no such project";
    problems.push(problem("notFound", projectField, { value: projectId, message, code: "project-unknown" }));
  } else if (project.metadata.deletionTimestamp) {
    const message = "the project is being deleted";
    problems.push(problem("forbidden", projectField, { message, code: "project-deleted" }));
  }
  return problems;
}

function nameProblems(name: string): FieldProblem[] {
  if (name.length <= longestName && rfc1035Label.test(name)) return [];
  const message = `must have at most ${longestName} characters of a-z, 0-9 and -, begin with a letter and end with a letter or digit`;
  return [problem("invalid", "metadata.name", { value: name, message, code: "cluster-name" })];
}

function changedMetadata({ metadata }: Cluster, { metadata: old }: Cluster): FieldProblem[] {
  const labels = [old.labels?.[projectLabel], metadata.labels?.[projectLabel]] as const;
  const owners = [old.annotations?.[clusterOwnerAnnotation], metadata.annotations?.[clusterOwnerAnnotation]] as const;
  return [
    ...(labels[0] === undefined ? [] : changed(projectField, labels, "project-label-immutable")),
    ...changed(`metadata.annotations[${clusterOwnerAnnotation}]`, owners, "owner-immutable"),
  ];
}

type Text = string | undefined;

function changed(field: string, [before, after]: readonly [before: Text, after: Text], code: string): FieldProblem[] {
  if (before === after) return [];
  const expected = before === undefined ? "must not be set" : `must stay ${JSON.stringify(before)}`;
  return [problem("invalid", field, { value: after ?? "", message: `is immutable: ${expected}`, code })];
}
