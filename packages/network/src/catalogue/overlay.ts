import { z } from "zod";
import { byVersion, type Catalogue, type CniCatalogue, type CniVersion } from "./catalogue.ts";
import { CatalogueError } from "./parse.ts";
import { catalogueOf } from "./plain.ts";
import { cniVersion, delivery, details, forcedUpgradeSchema, phase, pluginSchema } from "./schema.ts";

const entryOverlay = z.strictObject({
  version: cniVersion,
  phase: phase.exactOptional(),
  delivery: delivery.exactOptional(),
  kubernetes: details.kubernetes,
  leastKernel: details.leastKernel,
  advisories: details.advisories.unwrap().exactOptional(),
});

const pluginOverlay = z.strictObject({
  defaultVersion: cniVersion.exactOptional(),
  versions: z
    .array(entryOverlay)
    .refine(
      (entries) => new Set(entries.map(({ version }) => version)).size === entries.length,
      "a version is listed twice",
    )
    .default([]),
  removedVersions: z.array(cniVersion).default([]),
  forcedUpgrades: z.array(forcedUpgradeSchema).exactOptional(),
});

const overlaySchema = z.strictObject({ canal: pluginOverlay.exactOptional(), cilium: pluginOverlay.exactOptional() });

type EntryOverlay = z.infer<typeof entryOverlay>;
type PluginOverlay = z.infer<typeof pluginOverlay>;

/**
 * A catalogue with an operator's changes laid over it: `{canal?, cilium?: {defaultVersion?, versions?, removedVersions?,
 * forcedUpgrades?}}`. An entry of a known version changes what it names and adds its advisories; one of a new version
 * announces it, and says how it is delivered. If the default is deprecated or removed and none is named, the newest supported version
 * takes its place. Throws {@link CatalogueError} that names each wrong place below `path`.
 */
export function overlayCatalogue(base: Catalogue, overlay: unknown, path = "overlay"): Catalogue {
  const parsed = overlaySchema.safeParse(overlay);
  if (!parsed.success) throw errorOf(path, parsed.error);
  const types = new Map(base.types);
  for (const [type, changes] of Object.entries(parsed.data)) {
    const plugin = base.types.get(type);
    if (plugin !== undefined) types.set(type, overlayPlugin(plugin, changes, `${path}.${type}`));
  }
  return { ...base, types };
}

function overlayPlugin(base: CniCatalogue, changes: PluginOverlay, path: string): CniCatalogue {
  const versions = new Map(base.versions);
  for (const [index, removed] of changes.removedVersions.entries()) {
    if (!versions.delete(removed)) {
      throw new CatalogueError(`${path}.removedVersions[${index}]: the catalogue has no version ${removed}`);
    }
  }
  for (const [index, entry] of changes.versions.entries()) {
    versions.set(entry.version, overlayEntry(versions.get(entry.version), entry, `${path}.versions[${index}]`));
  }
  const ordered = [...versions.values()].toSorted(byVersion);
  const newest = ordered.findLast((entry) => entry.phase === "supported")?.version;
  const kept = versions.get(base.defaultVersion)?.phase === "supported" ? base.defaultVersion : newest;
  const plugin = pluginSchema.safeParse({
    defaultVersion: changes.defaultVersion ?? kept ?? base.defaultVersion,
    versions: ordered,
    forcedUpgrades: changes.forcedUpgrades ?? base.forcedUpgrades,
  });
  if (!plugin.success) throw errorOf(path, plugin.error);
  return catalogueOf(plugin.data);
}

function overlayEntry(known: CniVersion | undefined, entry: EntryOverlay, path: string): CniVersion {
  const how = entry.delivery ?? known?.delivery;
  if (how === undefined) {
    throw new CatalogueError(`${path}.delivery: expected addon or application: ${entry.version} is a new version`);
  }
  const advisories = new Set([...(known?.advisories ?? []), ...(entry.advisories ?? [])]);
  return { phase: "supported", ...known, ...entry, delivery: how, advisories: [...advisories] };
}

function errorOf(path: string, cause: z.ZodError): CatalogueError {
  const problems = cause.issues.map(
    ({ path: place, message }) =>
      `${path}${place.map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`)).join("")}: ${message}`,
  );
  return new CatalogueError(problems.join("; "), { cause });
}
