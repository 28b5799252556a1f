import {
  type CreateClusterRequest,
  initialApplicationsAnnotation,
  initialCniValuesAnnotation,
  initialMachineDeploymentAnnotation,
} from "@fairlead/resources";
import { invalidObject } from "../http/api-error.ts";
import { isObject } from "../http/json-body.ts";

/**
 * What a creation request asks for beside the cluster itself, as annotations that travel with the Cluster until they
 * can be carried out. Of the request's own annotations only the initial CNI values are kept.
 * @throws ApiError 400 if those are no JSON object
 */
export function initialRequestAnnotations(request: CreateClusterRequest): Record<string, string> {
  const { cluster, nodeDeployment, applications = [] } = request;
  const cniValues = cluster.annotations?.[initialCniValuesAnnotation];
  requireCniValues(cniValues);
  return {
    ...(cniValues ? { [initialCniValuesAnnotation]: cniValues } : {}),
    ...(nodeDeployment ? { [initialMachineDeploymentAnnotation]: JSON.stringify(nodeDeployment) } : {}),
    ...(applications.length > 0 ? { [initialApplicationsAnnotation]: JSON.stringify(applications.map(named)) } : {}),
  };
}

type ApplicationRequest = NonNullable<CreateClusterRequest["applications"]>[number];

function named(application: ApplicationRequest): ApplicationRequest {
  return { ...application, name: application.name || `${application.spec.applicationRef.name}-instance` };
}

/** @throws ApiError 400 unless initial CNI values, if there are any, are a JSON object */
export function requireCniValues(text: string | undefined): void {
  if (!text) return;
  try {
    if (isObject(JSON.parse(text))) return;
  } catch {
    // Falls through to the same answer.
  }
  throw invalidObject("cluster", [
    {
      reason: "FieldValueInvalid",
      field: `annotations["${initialCniValuesAnnotation}"]`,
      message: "must be a JSON object of Helm values",
    },
  ]);
}
