import type { ApiFieldExplanation } from "@fairlead/resources";
import type { ParseKeys } from "i18next";

export type FieldGroup = "cni" | "addresses" | "traffic" | "access" | "other";

const fieldGroups: readonly FieldGroup[] = ["cni", "addresses", "traffic", "access", "other"];

interface KnownField {
  group: FieldGroup;
  label: ParseKeys;
}

const known: Readonly<Record<string, KnownField>> = {
  "spec.cniPlugin.type": { group: "cni", label: "createCluster.cni" },
  "spec.cniPlugin.version": { group: "cni", label: "createCluster.cniVersion" },
  "spec.clusterNetwork.ipFamily": { group: "addresses", label: "createCluster.ipFamily" },
  "spec.clusterNetwork.pods.cidrBlocks": { group: "addresses", label: "createCluster.pods" },
  "spec.clusterNetwork.services.cidrBlocks": { group: "addresses", label: "createCluster.services" },
  "spec.clusterNetwork.nodeCidrMaskSizeIPv4": { group: "addresses", label: "createCluster.nodeMaskIPv4" },
  "spec.clusterNetwork.nodeCidrMaskSizeIPv6": { group: "addresses", label: "createCluster.nodeMaskIPv6" },
  "spec.clusterNetwork.proxyMode": { group: "traffic", label: "createCluster.proxyMode" },
  "spec.clusterNetwork.ipvs.strictArp": { group: "traffic", label: "createCluster.strictArp" },
  "spec.clusterNetwork.konnectivityEnabled": { group: "traffic", label: "createCluster.konnectivity" },
  "spec.clusterNetwork.dnsDomain": { group: "traffic", label: "clusterPage.fields.dnsDomain" },
  "spec.clusterNetwork.nodeLocalDNSCacheEnabled": { group: "traffic", label: "createCluster.nodeLocalDns" },
  "spec.clusterNetwork.coreDNSReplicas": { group: "traffic", label: "clusterPage.fields.coreDnsReplicas" },
  "spec.exposeStrategy": { group: "access", label: "createCluster.exposeStrategy" },
  "spec.clusterNetwork.tunnelingAgentIP": { group: "access", label: "createCluster.tunnelingAgentIP" },
  "spec.apiServerAllowedIPRanges.cidrBlocks": { group: "access", label: "createCluster.apiServerRanges" },
  "spec.componentsOverride.apiserver.nodePortRange": { group: "access", label: "clusterPage.fields.nodePortRange" },
  "spec.cloud.providerName": { group: "access", label: "clusterPage.fields.provider" },
};

/** What people call a field of the network; undefined for one that has no name but its path. */
export function labelOf(field: string): ParseKeys | undefined {
  if (field.endsWith(".nodePortsAllowedIPRanges.cidrBlocks")) return "createCluster.nodePortRanges";
  return known[field]?.label;
}

/** The fields by what they are about, in the order in which the server explains them. */
export function grouped(fields: readonly ApiFieldExplanation[]): [FieldGroup, ApiFieldExplanation[]][] {
  return fieldGroups.flatMap((group): [FieldGroup, ApiFieldExplanation[]][] => {
    const members = fields.filter(({ field }) => groupOf(field) === group);
    return members.length > 0 ? [[group, members]] : [];
  });
}

function groupOf(field: string): FieldGroup {
  return known[field]?.group ?? (labelOf(field) ? "access" : "other");
}
