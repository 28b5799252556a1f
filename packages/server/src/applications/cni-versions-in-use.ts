import type { KubeClient } from "@fairlead/kube";
import { clusterType } from "@fairlead/resources";

/**
 * Versions of an application that are some cluster's CNI, Fairlead's or the user's own. By the Clusters, since only those that
 * can be reached have an installation to ask.
 */
export async function cniVersionsInUse(
  management: KubeClient,
  application: string,
  signal: AbortSignal,
): Promise<Set<string>> {
  const versions = new Set<string>();
  for await (const { items } of management.pages(clusterType, { signal })) {
    for (const { spec, status } of items) {
      if (spec.cniPlugin?.type === application && spec.cniPlugin.version) versions.add(spec.cniPlugin.version);
      for (const own of Object.values(status?.cniApplications ?? {})) {
        if (own.application === application) versions.add(own.version);
      }
    }
  }
  return versions;
}
