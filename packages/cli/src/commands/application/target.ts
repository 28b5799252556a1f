import type { ApiClient } from "@fairlead/api-client";
import type { ApiApplicationInstallationListItem, ApiCluster } from "@fairlead/resources";
import { notFound, usageError } from "../../command-error.ts";
import type { ProjectChoice } from "../../find.ts";

export interface InstallationChoice extends ProjectChoice {
  /** Of the installation; may be left out while only one has the name. */
  namespace?: string;
}

/** What `locateCluster` finds. */
export interface ClusterTarget {
  project: string;
  cluster: ApiCluster;
}

/** @throws CommandError if the cluster has no such installation, or several of this name */
export async function targetInstallation(
  api: ApiClient,
  { project, cluster }: ClusterTarget,
  { name, namespace }: { name: string; namespace: string | undefined },
): Promise<ApiApplicationInstallationListItem> {
  const all = await api.applications(project, cluster.id);
  const [found, ...others] = all.filter(
    (item) => item.name === name && (namespace === undefined || item.namespace === namespace),
  );
  if (!found) {
    const names = all.map((item) => `${item.namespace}/${item.name}`).join(", ") || "none";
    throw notFound(`application "${name}" not found in cluster "${cluster.name}"; there are: ${names}`);
  }
  if (others.length > 0) {
    const namespaces = [found, ...others].map((item) => item.namespace).join(", ");
    throw usageError(`several applications are named "${name}": say which with --namespace: ${namespaces}`);
  }
  return found;
}
