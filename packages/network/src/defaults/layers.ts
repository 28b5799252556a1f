import { isObject, isSet, type JsonObject, valueAt } from "../json.ts";
import { providers } from "../providers.ts";
import type { RuleContext } from "../types.ts";

/** Where a value came from. `stored`: the cluster has it already, and the write does not name it. */
export type Source = "request" | "stored" | "template" | "seed" | "provider" | "rule";

/** The documents that a cluster's spec is put together from, the stronger first. */
export interface Layer {
  readonly source: "request" | "template" | "seed";
  readonly spec: JsonObject;
}

/** The layers that apply to a request, without what cannot be combined with it. */
export function layersOf(request: JsonObject, context: RuleContext): readonly Layer[] {
  const layers: Layer[] = [{ source: "request", spec: request }];
  if (context.template !== undefined) layers.push({ source: "template", spec: compatible(context.template, request) });
  if (context.seedDefaults !== undefined) layers.push({ source: "seed", spec: { ...context.seedDefaults } });
  return layers;
}

/** The spec that the layers make: each field from the strongest layer that sets it, objects field by field. */
export function merge(layers: readonly Layer[]): JsonObject {
  return layers.slice(1).reduce((spec, layer) => fill(spec, layer.spec), layers[0]?.spec ?? {});
}

/** The strongest layer that sets a field which the merged spec has. */
export function sourceOf(layers: readonly Layer[], path: readonly string[]): Layer["source"] {
  if (layers.length === 1) return "request";
  return layers.find((layer) => isSet(valueAt(layer.spec, path)))?.source ?? "request";
}

function fill(spec: JsonObject, defaults: JsonObject): JsonObject {
  const filled: JsonObject = { ...spec };
  for (const [key, value] of Object.entries(defaults)) {
    if (key === "__proto__") continue;
    const own = filled[key];
    if (!isSet(own)) filled[key] = value;
    else if (isObject(own) && isObject(value)) filled[key] = fill(own, value);
  }
  return filled;
}

/** Two templates as one: what the stronger leaves open comes from the other, as far as both go together. */
export function mergeTemplates(stronger: JsonObject, other: JsonObject): JsonObject {
  return fill(stronger, compatible(other, stronger));
}

/**
 * A template without the choices that the request has already made otherwise as a whole: a CNI version and a proxy mode
 * belong to their CNI type, and a cluster runs on one provider.
 */
function compatible(template: JsonObject, request: JsonObject): JsonObject {
  const result = { ...template };
  const type = valueAt(request, ["cniPlugin", "type"]);
  if (isSet(type) && type !== (valueAt(template, ["cniPlugin", "type"]) ?? type)) {
    delete result.cniPlugin;
    if (isObject(template.clusterNetwork)) {
      const { proxyMode: _mode, ipvs: _ipvs, ...network } = template.clusterNetwork;
      result.clusterNetwork = network;
    }
  }
  if (isObject(template.cloud) && isObject(request.cloud)) {
    const own = namedProviders(request.cloud);
    if (own.length > 0) {
      const foreign = ([key]: [string, unknown]) =>
        !own.includes(key) && (providers.has(key) || key === "providerName");
      result.cloud = Object.fromEntries(Object.entries(template.cloud).filter((entry) => !foreign(entry)));
    }
  }
  return result;
}

/** The providers whose objects `spec.cloud` holds; an empty object counts. */
export function namedProviders(cloud: JsonObject): string[] {
  const names: string[] = [];
  for (const key in cloud) {
    if (cloud[key] !== undefined && cloud[key] !== null && providers.has(key)) names.push(key);
  }
  return names;
}
