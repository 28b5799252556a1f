import { isDeepStrictEqual } from "node:util";
import { type Installation, judgeChangedCluster } from "@fairlead/admission";
import { mergePatch, type Warning } from "@fairlead/network";
import {
  apiClusterSpecSchema,
  type Cluster,
  type ClusterSpec,
  initialCniValuesAnnotation,
  patchClusterRequestSchema,
} from "@fairlead/resources";
import { invalidObject } from "../http/api-error.ts";
import { isObject, type JsonObject, objectBody } from "../http/json-body.ts";
import { shapeErrors } from "../http/shape-errors.ts";
import { shownAnnotations, toApiCluster } from "./api-cluster.ts";
import { besides, identityErrors, requestedSpec, toApiFieldError } from "./cluster-request.ts";
import { requireCniValues } from "./initial-requests.ts";
import { withoutSystemLabels, withSystemLabels } from "./labels.ts";
import { readOnlyWarnings } from "./read-only-fields.ts";

export interface AcceptedPatch {
  /** What is to be stored. */
  cluster: Cluster;
  warnings: string[];
}

/**
 * Applies a merge patch over the API's form of a cluster, every field of it, and judges the result by its shape and by the
 * network rules (ruling 11). What the API does not show stays as it is: credentials, settings for administrators,
 * annotations of controllers.
 * @throws ApiError 400 with everything that is wrong
 */
export function acceptPatch(stored: Cluster, patch: JsonObject, installation: Installation): AcceptedPatch {
  const merged = merge(stored, patch);
  const parsed = patchClusterRequestSchema.safeParse(merged, { reportInput: true });
  const requested = parsed.success ? parsed.data : merged;
  const labels = withSystemLabels(parsed.data?.labels, stored.metadata.labels);
  const before = {
    spec: stored.spec,
    labels: stored.metadata.labels ?? {},
    versions: stored.status?.versions,
  };
  const after = { spec: { ...hiddenSettings(stored.spec), ...requestedSpec(requested) }, labels };
  const { spec, errors, warnings } = judgeChangedCluster(before, after, installation);
  const fieldErrors = [
    ...identityErrors(requested),
    ...errors.map(toApiFieldError),
    ...(parsed.success ? [] : besides(errors, shapeErrors(parsed.error))),
  ];
  if (fieldErrors.length > 0 || !parsed.success) throw invalidObject("cluster", fieldErrors);
  const annotations = parsed.data.annotations ?? {};
  requireCniValues(annotations[initialCniValuesAnnotation]);
  return {
    cluster: { ...stored, metadata: { ...stored.metadata, labels, annotations }, spec: spec as ClusterSpec },
    warnings: [
      ...readOnlyWarnings(patch, toApiCluster(stored)),
      ...warnings
        .filter((warning) => concerns(warning, stored.spec, spec))
        .map(({ field, message }) => `${field}: ${message}`),
    ],
  };
}

function merge({ metadata, spec }: Cluster, patch: JsonObject): JsonObject {
  const { humanReadableName: name, ...settings } = spec;
  const current = {
    name,
    labels: withoutSystemLabels(metadata.labels),
    annotations: metadata.annotations ?? {},
    spec: settings,
  };
  const { name: newName, labels, annotations, credential } = patch;
  const carried = Object.entries({
    name: newName,
    labels,
    annotations: annotations === null ? Object.fromEntries(shownAnnotations.map((key) => [key, null])) : annotations,
    credential,
    spec: patch.spec,
  }).filter(([, value]) => value !== undefined);
  return objectBody(mergePatch(current, Object.fromEntries(carried)));
}

/** What the API neither shows nor takes. */
export function hiddenSettings(spec: ClusterSpec): JsonObject {
  return Object.fromEntries(Object.entries(spec).filter(([name]) => !Object.hasOwn(apiClusterSpecSchema.shape, name)));
}

/** Settings without effect are worth a word to those who set them, not at every later change of something else. */
function concerns({ code, field }: Warning, before: object, after: unknown): boolean {
  const name = field.replace(/^spec\./, "");
  return code !== "field-without-effect" || !isDeepStrictEqual(memberOf(before, name), memberOf(after, name));
}

function memberOf(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined;
}
