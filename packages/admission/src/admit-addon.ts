import { addonObstacle } from "@fairlead/network";
import { type Addon, type Cluster, clusterType } from "@fairlead/resources";
import { type Admission, admitUnchanged, isBeingDeleted, type WriteRequest } from "./admission.ts";
import { type FieldProblem, problem } from "./field-problem.ts";

export interface AddonWrite extends WriteRequest<Addon> {
  /** The one whose namespace the Addon is in, if there is one; read by the caller. */
  readonly cluster?: Cluster | undefined;
}

/** An Addon belongs to the Cluster of its namespace: the reference is filled in, and never changes. */
export function admitAddon(write: AddonWrite): Admission<Addon> {
  const { object, oldObject, cluster } = write;
  if (isBeingDeleted(write)) return admitUnchanged(object);
  if (oldObject) return { errors: changedReference(object, oldObject), warnings: [], object };
  if (!cluster) {
    const message = "Addons are created in the namespace of a cluster, and this is none";
    return refused(
      object,
      problem("invalid", "metadata.namespace", { ...namespaceOf(object), message, code: "addon-namespace" }),
    );
  }
  if (cluster.metadata.deletionTimestamp) {
    const message = "the cluster is being deleted";
    return refused(object, problem("forbidden", "metadata.namespace", { message, code: "addon-cluster-deleted" }));
  }
  const { type = "none", version = "" } = cluster.spec.cniPlugin ?? {};
  const obstacle = addonObstacle(object.spec?.name, { type, version });
  if (obstacle) {
    const value = object.spec.name;
    return refused(object, problem("forbidden", "spec.name", { value, message: obstacle, code: "addon-unsuitable" }));
  }
  return {
    errors: [],
    warnings: [],
    object: { ...object, spec: { ...object.spec, cluster: referenceTo(object, cluster) } },
  };
}

function refused(object: Addon, found: FieldProblem): Admission<Addon> {
  return { errors: [found], warnings: [], object };
}

function namespaceOf({ metadata }: Addon) {
  return { value: metadata.namespace ?? "" };
}

function referenceTo({ spec }: Addon, { metadata: { name = "", uid } }: Cluster): Addon["spec"]["cluster"] {
  const { apiVersion, kind } = clusterType;
  return { ...spec?.cluster, apiVersion, kind, name, ...(uid ? { uid } : {}) };
}

const identity = ["apiVersion", "kind", "name"] as const;

function changedReference(object: Addon, oldObject: Addon): FieldProblem[] {
  const before = oldObject.spec?.cluster;
  const after = object.spec?.cluster;
  return identity.flatMap((key) => {
    if (!before?.[key] || before[key] === after?.[key]) return [];
    const message = `is immutable: must stay ${JSON.stringify(before[key])}`;
    return [
      problem("invalid", `spec.cluster.${key}`, {
        value: after?.[key] ?? "",
        message,
        code: "addon-cluster-immutable",
      }),
    ];
  });
}
