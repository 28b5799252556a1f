import { type Catalogue, compareVersions, findVersion, latestSupported, minorNumber } from "@fairlead/network/rules";
import type { ApiClusterSpec } from "@fairlead/resources";

export interface CniState {
  /** The newest version that is recommended for the cluster's Kubernetes, if it is newer than what the cluster has. */
  update?: string;
  deprecated: boolean;
}

/** What is to be said about a cluster's CNI version. */
export function cniState({ cniPlugin, version = "" }: ApiClusterSpec, catalogue: Catalogue | undefined): CniState {
  const { type = "none", version: current = "" } = cniPlugin ?? {};
  if (!catalogue || type === "none") return { deprecated: false };
  const newest = latestSupported(catalogue, type, minorNumber(version.replace(/^v/, "")))?.version;
  return {
    ...(newest !== undefined && compareVersions(newest, current) > 0 ? { update: newest } : {}),
    deprecated: findVersion(catalogue, type, current)?.phase === "deprecated",
  };
}
