import { incompatibleKubelets, mergePatch } from "@fairlead/network";
import {
  type ApiFieldError,
  type ApiNodeDeployment,
  type Cluster,
  type NodeDeployment,
  nodeDeploymentSchema,
  reachedVersion,
} from "@fairlead/resources";
import { invalidObject } from "../http/api-error.ts";
import { type JsonObject, objectBody } from "../http/json-body.ts";
import { shapeErrors } from "../http/shape-errors.ts";

const what = "machine deployment";

/**
 * Judges the request for a new group of nodes, and completes it: its kubelets are of the cluster's version.
 * @throws ApiError 400 with everything that is wrong
 */
export function acceptNodeDeployment(body: JsonObject, cluster: Cluster): NodeDeployment {
  const request = judge(body, cluster);
  const { template, ...spec } = request.spec;
  const kubelet = template?.versions?.kubelet || reachedVersion(cluster);
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
  const errors = [...boundErrors(parsed.data), ...templateErrors(parsed.data, cluster)];
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

function templateErrors({ spec }: NodeDeployment, cluster: Cluster): ApiFieldError[] {
  const kubelet = spec.template?.versions?.kubelet;
  return kubelet ? kubeletErrors(kubelet, { field: "spec.template.versions.kubelet", cluster }) : [];
}

/** Whether nodes of that kubelet version work with the cluster's control plane, as far as it has come. */
export function kubeletErrors(
  kubelet: string,
  { field, cluster }: { field: string; cluster: Cluster },
): ApiFieldError[] {
  const version = reachedVersion(cluster);
  if (isVersion(kubelet) && incompatibleKubelets([kubelet], version).length === 0) return [];
  return [
    {
      reason: "FieldValueInvalid",
      field,
      value: kubelet,
      message: `must be a version that works with the cluster's Kubernetes ${version}: not newer, and not much older`,
    },
  ];
}

function isVersion(text: string): boolean {
  return /^v?\d+\.\d+\.\d+$/.test(text);
}
