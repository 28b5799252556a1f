import { type Installation, judgeChangedCluster, kubernetesVersions } from "@fairlead/admission";
import { compareVersions, incompatibleKubelets } from "@fairlead/network";
import type { ApiMasterVersion, Cluster } from "@fairlead/resources";

/**
 * The Kubernetes versions on offer that a cluster may be raised to, oldest first: those that the rules accept in a PATCH
 * that changes nothing else.
 * @param kubelets versions of the cluster's nodes; none while they are not known
 */
export function kubernetesUpgrades(
  { metadata, spec, status }: Cluster,
  installation: Installation,
  kubelets: readonly string[],
): ApiMasterVersion[] {
  const labels = metadata.labels ?? {};
  return kubernetesVersions(installation)
    .filter((version) => compareVersions(version, spec.version) > 0)
    .filter((version) => {
      const next = { spec: { ...spec, version }, labels };
      return judgeChangedCluster({ spec, labels, versions: status?.versions }, next, installation).errors.length === 0;
    })
    .sort(compareVersions)
    .map((version) =>
      incompatibleKubelets(kubelets, version).length > 0 ? { version, restrictedByKubeletVersion: true } : { version },
    );
}
