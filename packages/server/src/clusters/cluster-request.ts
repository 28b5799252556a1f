import { type Installation, judgeNewCluster } from "@fairlead/admission";
import type { Warning } from "@fairlead/network";
import {
  type ApiFieldError,
  type ClusterSpec,
  type ClusterTemplate,
  type CreateClusterRequest,
  createClusterRequestSchema,
} from "@fairlead/resources";
import { badRequest, invalidObject } from "../http/api-error.ts";
import { isObject, type JsonObject } from "../http/json-body.ts";
import { shapeErrors } from "../http/shape-errors.ts";

export interface AcceptedRequest {
  request: CreateClusterRequest;
  /** Complete: with every default. */
  spec: ClusterSpec;
  warnings: readonly Warning[];
}

const longestName = 100;

/**
 * Judges a creation request by its shape and by the network rules.
 * @param template the one that the request names
 * @throws ApiError 400 with everything that is wrong with it
 */
export function acceptRequest(
  body: JsonObject,
  installation: Installation,
  template?: ClusterTemplate,
): AcceptedRequest {
  if (!isObject(body.cluster)) throw badRequest('request body: "cluster" must be an object');
  const parsed = createClusterRequestSchema.safeParse(body, { reportInput: true });
  const cluster = parsed.success ? parsed.data.cluster : body.cluster;
  const { spec, errors, warnings } = judgeNewCluster(requestedSpec(cluster), installation, template);
  const fieldErrors = [
    ...metadataErrors(cluster),
    ...errors.map(toApiFieldError),
    ...(parsed.success ? [] : besides(errors, shapeErrors(parsed.error).map(withoutCluster))),
  ];
  if (fieldErrors.length > 0 || !parsed.success) throw invalidObject("cluster", fieldErrors);
  return { request: parsed.data, spec: { ...platformDefaults, ...(spec as ClusterSpec) }, warnings };
}

/** What KKP's API sets in every new cluster. */
export const platformDefaults = {
  enableUserSSHKeyAgent: true,
  enableOperatingSystemManager: true,
  kubernetesDashboard: { enabled: true },
  containerRuntime: "containerd",
} satisfies Partial<ClusterSpec>;

/** Empty text is how KKP's clients say "not chosen". */
export function requestedSpec(cluster: JsonObject): JsonObject {
  const spec = isObject(cluster.spec) ? cluster.spec : {};
  const chosen = Object.entries(spec).filter(([, value]) => value !== "" && value !== undefined);
  const name = typeof cluster.name === "string" ? cluster.name.trim() : cluster.name;
  return { ...Object.fromEntries(chosen), humanReadableName: name };
}

function metadataErrors(cluster: JsonObject): ApiFieldError[] {
  const { id, type } = cluster;
  const errors: ApiFieldError[] = [];
  if (id) {
    errors.push({ reason: "FieldValueForbidden", field: "id", message: "is chosen by the server" });
  }
  if (type !== undefined && type !== "" && type !== "kubernetes") {
    errors.push({
      reason: "FieldValueNotSupported",
      field: "type",
      value: type,
      message: 'supported values: "kubernetes"',
    });
  }
  return [...errors, ...identityErrors(cluster)];
}

/** What is wrong with a cluster's name and with the preset that it asks for. */
export function identityErrors({ credential, name }: JsonObject): ApiFieldError[] {
  const errors: ApiFieldError[] = [];
  if (credential) {
    errors.push({
      reason: "FieldValueNotFound",
      field: "credential",
      value: credential,
      message: "there is no such preset; put the provider's settings under spec.cloud",
    });
  }
  if (typeof name === "string" && name.trim().length > longestName) {
    errors.push({
      reason: "FieldValueInvalid",
      field: "spec.humanReadableName",
      value: name,
      message: `must have at most ${longestName} characters`,
    });
  }
  return errors;
}

export function toApiFieldError({ reason, field, value, message, code }: ApiFieldError): ApiFieldError {
  return { reason, field, ...(value === undefined ? {} : { value }), message, code };
}

function withoutCluster(error: ApiFieldError): ApiFieldError {
  return { ...error, field: error.field.replace(/^cluster\./, "") };
}

/** The shape errors that the network rules have not reported already. */
export function besides(reported: readonly ApiFieldError[], shape: readonly ApiFieldError[]): ApiFieldError[] {
  const fields = new Set(reported.map(({ field }) => field));
  return shape.filter(({ field }) => !fields.has(field));
}
