import {
  type ApiFieldError,
  type ApiNodeDeployment,
  type Cluster,
  type NodeDeployment,
  nodeDeploymentSchema,
} from "@fairlead/resources";
import { incompatibleKubelets } from "../clusters/kubelet-skew.ts";
import { invalidObject } from "../http/api-error.ts";
import { type JsonObject, objectBody } from "../http/json-body.ts";
import { mergePatch } from "../http/merge-patch.ts";
import { shapeErrors } from "../http/shape-errors.ts";

const what = "machine deployment";

/**
 * Judges the request for a new group of nodes, and completes it: its kubelets are of the cluster's version.
 * @throws ApiError 400 with everything that is wrong
 */
export function acceptNodeDeployment(body: JsonObject, cluster: Cluster): NodeDeployment {
  const request = judge(body, cluster);
  const { template, ...spec } = request.spec;
  const kubelet = template?.versions?.kubelet || cluster.spec.version;
  return {
    ...request,
    spec: {
      ...spec,
      template: { ...template, versions: { ...template?.versions, kubelet: kubelet.replace(/^v/, "") } },
    },
  };
}

/** As {@link acceptNodeDeployment}, for a merge patch over what is there. */
export function acceptNodeDeploymentPatch(
  shown: ApiNodeDeployment,
  patch: JsonObject,
  cluster: Cluster,
): NodeDeployment {
  const carried = patch.spec === undefined ? {} : { spec: patch.spec };
  return acceptNodeDeployment(objectBody(mergePatch({ spec: shown.spec }, carried)), cluster);
}

function judge(body: JsonObject, cluster: Cluster): NodeDeployment {
  const parsed = nodeDeploymentSchema.safeParse(body, { reportInput: true });
  if (!parsed.success) throw invalidObject(what, shapeErrors(parsed.error));
  const errors = [...boundErrors(parsed.data), ...kubeletErrors(parsed.data, cluster)];
  if (errors.length > 0) throw invalidObject(what, errors);
  return parsed.data;
}

function boundErrors({ spec: { minReplicas, maxReplicas } }: NodeDeployment): ApiFieldError[] {
  if (minReplicas === undefined || maxReplicas === undefined || minReplicas <= maxReplicas) return [];
  return [
    {
      reason: "FieldValueInvalid",
      field: "spec.minReplicas",
      value: minReplicas,
      message: `must be at most spec.maxReplicas, ${maxReplicas}`,
    },
  ];
}

function kubeletErrors({ spec }: NodeDeployment, cluster: Cluster): ApiFieldError[] {
  const kubelet = spec.template?.versions?.kubelet;
  const version = cluster.spec.version;
  if (!kubelet || (isVersion(kubelet) && incompatibleKubelets([kubelet], version).length === 0)) return [];
  return [
    {
      reason: "FieldValueInvalid",
      field: "spec.template.versions.kubelet",
      value: kubelet,
      message: `must be a version that works with the cluster's Kubernetes ${version}: not newer, and not much older`,
    },
  ];
}

function isVersion(text: string): boolean {
  return /^v?\d+\.\d+\.\d+$/.test(text);
}
