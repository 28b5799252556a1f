import { admitClusterTemplate, type Installation } from "@fairlead/admission";
import {
  type ApiFieldError,
  type ClusterSpec,
  type ClusterTemplate,
  type ClusterTemplateRequest,
  cloudProviders,
  clusterTemplateRequestSchema,
  initialCniValuesAnnotation,
  projectLabel,
  templateScopeLabel,
  templateUserAnnotation,
} from "@fairlead/resources";
import { hiddenSettings } from "../clusters/cluster-patch.ts";
import { besides, identityErrors, requestedSpec, toApiFieldError } from "../clusters/cluster-request.ts";
import { initialRequestAnnotations } from "../clusters/initial-requests.ts";
import { withoutSystemLabels } from "../clusters/labels.ts";
import { badRequest, invalidObject } from "../http/api-error.ts";
import { isObject, type JsonObject } from "../http/json-body.ts";
import { shapeErrors } from "../http/shape-errors.ts";

export interface TemplateAuthor {
  /** E-mail address. */
  email: string;
  projectId: string;
}

export interface AcceptedTemplate {
  template: ClusterTemplate;
  warnings: string[];
}

interface TemplateCall {
  author: TemplateAuthor;
  installation: Installation;
  /** Name of the Kubernetes object. */
  id: string;
  /** The template that is replaced. */
  stored?: ClusterTemplate;
}

const longestName = 100;

/**
 * Judges a template by its shape and by what a cluster made from it would be. What the API does not show of a template
 * that is replaced stays: credentials, settings for administrators.
 * @throws ApiError 400 with everything that is wrong
 */
export function acceptTemplate(body: JsonObject, { author, installation, id, stored }: TemplateCall): AcceptedTemplate {
  if (!isObject(body.cluster)) throw badRequest('request body: "cluster" must be an object');
  const parsed = clusterTemplateRequestSchema.safeParse(withName(body), { reportInput: true });
  if (!parsed.success) throw invalidObject("cluster template", shapeErrors(parsed.error).map(withoutCluster));
  const request = parsed.data;
  const template = toTemplate(request, { author, id, stored });
  const write = stored ? { operation: "UPDATE" as const, oldObject: stored } : { operation: "CREATE" as const };
  const { errors, warnings } = admitClusterTemplate({ ...write, object: template }, installation);
  const own = [...nameErrors(request.name), ...identityErrors({ credential: request.cluster.credential })];
  const fieldErrors = [...own, ...besides(own, errors.map(toApiFieldError))];
  if (fieldErrors.length > 0) throw invalidObject("cluster template", fieldErrors);
  return { template, warnings: warnings.map(({ field, message }) => `${field}: ${message}`) };
}

function withName(body: JsonObject): JsonObject {
  return typeof body.name === "string" ? { ...body, name: body.name.trim() } : body;
}

function toTemplate(
  request: ClusterTemplateRequest,
  { author, id, stored }: { author: TemplateAuthor; id: string; stored?: ClusterTemplate | undefined },
): ClusterTemplate {
  const { scope, cluster, userSshKeys = [] } = request;
  const labels = withoutSystemLabels(cluster.labels);
  return {
    metadata: {
      ...stored?.metadata,
      name: id,
      labels: {
        [templateScopeLabel]: scope,
        ...(scope === "project" ? { [projectLabel]: author.projectId } : {}),
      },
      annotations: {
        ...requestAnnotations(request),
        [templateUserAnnotation]: stored?.metadata.annotations?.[templateUserAnnotation] ?? author.email,
      },
    },
    spec: templateSpec(request, stored?.spec),
    ...(Object.keys(labels).length > 0 ? { clusterLabels: labels } : {}),
    ...(cluster.inheritedLabels ? { inheritedClusterLabels: cluster.inheritedLabels } : {}),
    ...(scope === "project" && userSshKeys.length > 0 ? { userSSHKeys: userSshKeys } : {}),
  };
}

/** Helm values stand beside the cluster here; clients that save what they would have created have them inside. */
function requestAnnotations({ annotations, cluster, nodeDeployment, applications }: ClusterTemplateRequest) {
  const values = annotations?.[initialCniValuesAnnotation] ?? cluster.annotations?.[initialCniValuesAnnotation];
  const carried: Record<string, string> = values ? { [initialCniValuesAnnotation]: values } : {};
  return initialRequestAnnotations({ cluster: { ...cluster, annotations: carried }, nodeDeployment, applications });
}

function templateSpec({ name, cluster }: ClusterTemplateRequest, stored: ClusterSpec | undefined): ClusterSpec {
  const requested = { ...requestedSpec({ ...cluster, name }), humanReadableName: name } as unknown as ClusterSpec;
  if (!stored) return requested;
  return { ...hiddenSettings(stored), ...requested, cloud: withStoredSettings(requested.cloud, stored.cloud) };
}

/** On the same provider, what is not shown stays. */
function withStoredSettings(
  cloud: ClusterSpec["cloud"] | undefined,
  stored: ClusterSpec["cloud"],
): ClusterSpec["cloud"] {
  const settings = { ...cloud, dc: cloud?.dc ?? "" };
  for (const provider of cloudProviders) {
    if (settings[provider] && stored[provider]) settings[provider] = { ...stored[provider], ...settings[provider] };
  }
  return settings;
}

function nameErrors(name: string): ApiFieldError[] {
  if (name !== "" && name.length <= longestName) return [];
  const message = `must have from 1 to ${longestName} characters`;
  return [
    { reason: "FieldValueInvalid", field: "spec.humanReadableName", value: name, message, code: "template-name" },
  ];
}

function withoutCluster(error: ApiFieldError): ApiFieldError {
  return { ...error, field: error.field.replace(/^cluster\./, "") };
}
