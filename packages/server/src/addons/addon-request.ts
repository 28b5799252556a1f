import {
  type Addon,
  addonEnsureLabel,
  type Cluster,
  type CreateAddonRequest,
  clusterNamespace,
  clusterType,
  createAddonRequestSchema,
  patchAddonRequestSchema,
} from "@fairlead/resources";
import { invalidObject } from "../http/api-error.ts";
import { type JsonObject, objectBody } from "../http/json-body.ts";
import { shapeErrors } from "../http/shape-errors.ts";

/** @throws ApiError 400 with everything that is wrong */
export function acceptAddon(body: JsonObject): CreateAddonRequest {
  const parsed = createAddonRequestSchema.safeParse(body, { reportInput: true });
  if (!parsed.success) throw invalidObject("addon", shapeErrors(parsed.error));
  return parsed.data;
}

export function toAddon({ name, spec = {} }: CreateAddonRequest, { metadata }: Cluster): Addon {
  const { name: id = "", uid } = metadata;
  return {
    metadata: {
      name,
      namespace: clusterNamespace(id),
      ...(spec.continuouslyReconcile ? { labels: { [addonEnsureLabel]: "true" } } : {}),
    },
    spec: {
      name,
      cluster: { apiVersion: clusterType.apiVersion, kind: clusterType.kind, name: id, ...(uid ? { uid } : {}) },
      ...(spec.variables ? { variables: spec.variables } : {}),
    },
  };
}

/**
 * The Addon as a patch makes it: `spec.variables` replaces all variables, null takes them away, and what the patch does
 * not carry stays.
 * @param patch as it came, nulls included
 * @throws ApiError 400 with everything that is wrong
 */
export function patchedAddon(stored: Addon, patch: JsonObject): Addon {
  const parsed = patchAddonRequestSchema.safeParse(objectBody(patch), { reportInput: true });
  if (!parsed.success) throw invalidObject("addon", shapeErrors(parsed.error));
  const carried = (patch.spec ?? {}) as JsonObject;
  const wanted = parsed.data.spec ?? {};
  const { variables, ...spec } = stored.spec;
  const kept = "variables" in carried ? wanted.variables : variables;
  return {
    ...stored,
    metadata: {
      ...stored.metadata,
      labels: labelsOf(stored, "continuouslyReconcile" in carried ? wanted.continuouslyReconcile === true : undefined),
    },
    spec: { ...spec, ...(kept ? { variables: kept } : {}) },
  };
}

function labelsOf({ metadata }: Addon, ensure: boolean | undefined): Record<string, string> {
  const { [addonEnsureLabel]: before, ...labels } = metadata.labels ?? {};
  const after = ensure === undefined ? before : ensure ? "true" : undefined;
  return after === undefined ? labels : { ...labels, [addonEnsureLabel]: after };
}
