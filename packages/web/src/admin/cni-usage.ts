/** Which CNI versions clusters have. Pure. */
import { type Catalogue, findVersion } from "@fairlead/network/rules";
import type { ApiCniCluster } from "@fairlead/resources";

export function versionKey({ type, version }: ApiCniCluster["cniPlugin"]): string {
  return `${type} ${version}`;
}

export function clustersByVersion(clusters: readonly ApiCniCluster[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { cniPlugin } of clusters) {
    const key = versionKey(cniPlugin);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

/** Those whose version is deprecated, or in no catalogue any more. */
export function outdatedClusters(clusters: readonly ApiCniCluster[], catalogue: Catalogue): ApiCniCluster[] {
  return clusters.filter(({ cniPlugin: { type, version } }) => {
    if (type === "none") return false;
    return findVersion(catalogue, type, version)?.phase !== "supported";
  });
}
