import { type Catalogue, type ForcedUpgrade, latestSupported } from "../catalogue/catalogue.ts";
import { compareVersions, type MinorNumber, minorNumber, parseVersion } from "../versions.ts";

/** A version that a Kubernetes version no longer goes with, and what comes in its place. */
export interface ForcedVersion {
  readonly version: string;
  /** The last of the catalogue's entries that applied. */
  readonly upgrade: ForcedUpgrade;
}

/**
 * What the catalogue's forced upgrades make of a CNI version on that Kubernetes, one after the other in their order
 * (ruling 5). Undefined if they leave it as it is.
 */
export function forcedVersion(
  catalogue: Catalogue,
  { type, version }: { readonly type: string; readonly version: string },
  kubernetesMinor: MinorNumber,
): ForcedVersion | undefined {
  let forced: ForcedVersion | undefined;
  for (const upgrade of catalogue.types.get(type)?.forcedUpgrades ?? []) {
    const before = forced?.version ?? version;
    if (!(kubernetesMinor >= minorNumber(upgrade.fromKubernetes)) || !replaces(upgrade, before)) continue;
    const target =
      upgrade.target === "latest" ? latestSupported(catalogue, type, kubernetesMinor)?.version : upgrade.target;
    if (target !== undefined && compareVersions(target, before) > 0) forced = { version: target, upgrade };
  }
  return forced;
}

function replaces({ replaces: what }: ForcedUpgrade, version: string): boolean {
  if ("exactly" in what) return version === what.exactly;
  return parseVersion(version) !== undefined && compareVersions(version, what.below) < 0;
}
