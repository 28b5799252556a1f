import { type BaseLayer, type BaseValues, baseLayers } from "@fairlead/network";
import type { ApplicationInstallation } from "@fairlead/resources";

/**
 * On an installation: what its values began with, as JSON `{"layer":"definition","values":{…}}`. Only for telling the user's
 * edits from it: what counts is `spec.values`.
 */
export const baseValuesAnnotation = "fairlead.dev/base-values";

/** All annotations of an object together may have 256 KiB. */
const longest = 96 * 1024;

/** A document that is too long is left out: its keys then count as the user's. */
export function recordBaseValues(base: BaseValues): string {
  const text = JSON.stringify(base);
  return text.length <= longest ? text : JSON.stringify({ layer: base.layer, values: {} });
}

/** What the annotation says; undefined if there is none, or it is broken. */
export function baseValuesOf(installation: ApplicationInstallation | undefined): BaseValues | undefined {
  const text = installation?.metadata.annotations?.[baseValuesAnnotation];
  if (!text) return undefined;
  try {
    const { layer, values } = JSON.parse(text) as { layer?: unknown; values?: unknown };
    if (!isBaseLayer(layer) || typeof values !== "object" || values === null || Array.isArray(values)) return undefined;
    return { layer, values: values as BaseValues["values"] };
  } catch {
    return undefined;
  }
}

function isBaseLayer(layer: unknown): layer is BaseLayer {
  return baseLayers.some((known) => known === layer);
}
