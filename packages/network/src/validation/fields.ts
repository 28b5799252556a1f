import { providers } from "../providers.ts";

/** The JSON paths that rules speak of. */
export const field = {
  humanReadableName: "spec.humanReadableName",
  version: "spec.version",
  cloud: "spec.cloud",
  datacenter: "spec.cloud.dc",
  providerName: "spec.cloud.providerName",
  exposeStrategy: "spec.exposeStrategy",
  allowedIpRanges: "spec.apiServerAllowedIPRanges",
  nodePortRange: "spec.componentsOverride.apiserver.nodePortRange",
  cni: "spec.cniPlugin",
  cniType: "spec.cniPlugin.type",
  cniVersion: "spec.cniPlugin.version",
  network: "spec.clusterNetwork",
  ipFamily: "spec.clusterNetwork.ipFamily",
  pods: "spec.clusterNetwork.pods.cidrBlocks",
  services: "spec.clusterNetwork.services.cidrBlocks",
  proxyMode: "spec.clusterNetwork.proxyMode",
  strictArp: "spec.clusterNetwork.ipvs.strictArp",
  dnsDomain: "spec.clusterNetwork.dnsDomain",
  nodeLocalDns: "spec.clusterNetwork.nodeLocalDNSCacheEnabled",
  coreDnsReplicas: "spec.clusterNetwork.coreDNSReplicas",
  konnectivity: "spec.clusterNetwork.konnectivityEnabled",
  tunnelingAgentIp: "spec.clusterNetwork.tunnelingAgentIP",
} as const;

export const nodeMaskField = {
  IPv4: "spec.clusterNetwork.nodeCidrMaskSizeIPv4",
  IPv6: "spec.clusterNetwork.nodeCidrMaskSizeIPv6",
} as const;

/** Who may reach NodePorts: the list and the older single range, of each provider that has a firewall for them. */
export const nodePortsAllowedFields: readonly string[] = nodePortsFields(true);

/** The same of the other providers. */
export const unenforceableFields: readonly string[] = nodePortsFields(false);

function nodePortsFields(hasFirewall: boolean): string[] {
  return [...providers.values()]
    .filter(({ nodePortRanges }) => nodePortRanges === hasFirewall)
    .flatMap(({ name }) => [
      `${field.cloud}.${name}.nodePortsAllowedIPRanges.cidrBlocks`,
      `${field.cloud}.${name}.nodePortsAllowedIPRange`,
    ]);
}
