import {
  allowedVersions,
  type Catalogue,
  type CniVersion,
  defaultVersion,
  fitsKubernetes,
  minorNumber,
  offeredVersions,
} from "@fairlead/network/rules";

export interface VersionOption {
  entry: CniVersion;
  rank: "recommended" | "supported" | "untested" | "deprecated";
}

/** Every version that may be chosen: the recommended one first, those with something against them last. */
export function versionOptions(catalogue: Catalogue, type: string, kubernetesVersion: string): VersionOption[] {
  const minor = minorNumber(kubernetesVersion);
  const recommended = defaultVersion(catalogue, type, minor)?.version;
  const offered = offeredVersions(catalogue, type, minor).map((entry): VersionOption => {
    const rank =
      entry.version === recommended ? "recommended" : fitsKubernetes(entry, minor) ? "supported" : "untested";
    return { entry, rank };
  });
  const deprecated = allowedVersions(catalogue, type)
    .filter(({ phase }) => phase === "deprecated")
    .toReversed()
    .map((entry): VersionOption => ({ entry, rank: "deprecated" }));
  const first = offered.filter(({ rank }) => rank === "recommended");
  return [...first, ...offered.filter(({ rank }) => rank !== "recommended"), ...deprecated];
}
