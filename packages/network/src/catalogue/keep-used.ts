import { parseVersion } from "../versions.ts";
import { byVersion, type Catalogue, type CniVersion, findVersion } from "./catalogue.ts";

export interface UsedVersion {
  readonly type: string;
  readonly version: string;
}

/**
 * The catalogue with every version that clusters use: one that it lacks is kept as deprecated, so that those clusters can be
 * edited and upgraded. `before` is a catalogue that may still know it in detail. Returns the same object if nothing is
 * missing; a type that the catalogue does not know, or a text that is no version, is left out.
 */
export function keepUsedVersions(catalogue: Catalogue, used: Iterable<UsedVersion>, before?: Catalogue): Catalogue {
  const missing = new Map<string, Map<string, CniVersion>>();
  for (const { type, version } of used) {
    const plugin = catalogue.types.get(type);
    if (plugin === undefined || type === "none" || plugin.versions.has(version) || !parseVersion(version)) continue;
    const entries = missing.get(type) ?? new Map<string, CniVersion>();
    entries.set(version, { ...(detailsOf(before, type, version) ?? guess(version)), phase: "deprecated" });
    missing.set(type, entries);
  }
  if (missing.size === 0) return catalogue;
  const types = new Map(catalogue.types);
  for (const [type, entries] of missing) {
    const plugin = catalogue.types.get(type);
    if (plugin === undefined) continue;
    const versions = [...plugin.versions.values(), ...entries.values()].toSorted(byVersion);
    types.set(type, { ...plugin, versions: new Map(versions.map((entry) => [entry.version, entry])) });
  }
  return { ...catalogue, types };
}

function detailsOf(before: Catalogue | undefined, type: string, version: string): CniVersion | undefined {
  return before && findVersion(before, type, version);
}

/** Addons are named v3.24, applications by their chart's version, 1.13.8 (section 5 of the design). */
function guess(version: string): CniVersion {
  return {
    version,
    phase: "deprecated",
    delivery: version.startsWith("v") ? "addon" : "application",
    advisories: [],
  };
}
