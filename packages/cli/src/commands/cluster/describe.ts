import type { ApiCluster } from "@fairlead/resources";

/** `Kubernetes 1.36.3, canal v3.31, ipvs, IPv4, datacenter local` */
export function describeNetwork(cluster: ApiCluster): string {
  const { version = "", cloud } = cluster.spec;
  return [
    `Kubernetes ${version.replace(/^v/, "")}`,
    `CNI ${cniOf(cluster)}`,
    proxyModeOf(cluster),
    ipFamilyOf(cluster),
    `datacenter ${cloud?.dc ?? ""}`,
  ]
    .filter((part) => part !== "")
    .join(", ");
}

export function cniOf({ spec }: ApiCluster): string {
  return [spec.cniPlugin?.type, spec.cniPlugin?.version].filter(Boolean).join(" ");
}

export function proxyModeOf({ spec }: ApiCluster): string {
  return spec.clusterNetwork?.proxyMode ?? "";
}

export function ipFamilyOf({ spec }: ApiCluster): string {
  return spec.clusterNetwork?.ipFamily ?? "";
}
