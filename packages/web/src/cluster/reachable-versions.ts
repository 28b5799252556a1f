import { type Catalogue, compareVersions } from "@fairlead/network/rules";
import type { ApiVersionExplanation } from "@fairlead/resources";
import { type VersionOption, versionOptions } from "../create-cluster/version-options.ts";

export interface ReachableVersion {
  explained: ApiVersionExplanation;
  rank: VersionOption["rank"];
  /** Whether it is newer than what the cluster has. */
  isNewer: boolean;
}

interface Situation {
  type: string;
  current: string;
  kubernetes: string;
}

/** The versions other than the cluster's own, in the order in which the wizard offers them: what suits best first. */
export function reachableVersions(
  explained: readonly ApiVersionExplanation[],
  catalogue: Catalogue,
  { type, current, kubernetes }: Situation,
): ReachableVersion[] {
  const byVersion = new Map(explained.map((one) => [one.version, one]));
  return versionOptions(catalogue, type, kubernetes).flatMap(({ entry: { version }, rank }) => {
    const found = byVersion.get(version);
    if (!found || found.current) return [];
    return [{ explained: found, rank, isNewer: compareVersions(version, current) > 0 }];
  });
}

/** The way to a version: by steps of an upgrade, in one write, or none. */
export function wayTo({ steps, direct, allowed }: ApiVersionExplanation): "steps" | "write" | "none" {
  if (steps.length > 0) return "steps";
  return direct || allowed ? "write" : "none";
}
