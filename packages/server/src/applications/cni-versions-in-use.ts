import type { KubeClient } from "@fairlead/kube";
import { clusterType } from "@fairlead/resources";

/**
 * Versions of an application that are some cluster's CNI. By the Clusters, since only those that can be reached have an
 * installation to ask.
 */
export async function cniVersionsInUse(
  management: KubeClient,
  application: string,
  signal: AbortSignal,
): Promise<Set<string>> {
  const versions = new Set<string>();
  for await (const { items } of management.pages(clusterType, { signal })) {
    for (const { spec } of items) {
      if (spec.cniPlugin?.type === application && spec.cniPlugin.version) versions.add(spec.cniPlugin.version);
    }
  }
  return versions;
}
