import { creationContext, type Installation, ruleContext } from "@fairlead/admission";
import { defaultClusterSpec, type ProviderName } from "@fairlead/network";
import type { ApiNetworkDefaults, ClusterSpec } from "@fairlead/resources";

/** What the rules fill in for a cluster of that provider and datacenter that says nothing, in both families. */
export function networkDefaults(installation: Installation, provider: ProviderName, dc: string): ApiNetworkDefaults {
  const settle = (request: Partial<ClusterSpec>, context = creationContext(installation, dc)) =>
    defaultClusterSpec({ ...request, cloud: { dc, [provider]: {} } }, context).spec;
  const dual: Partial<ClusterSpec> = { clusterNetwork: { ipFamily: "IPv4+IPv6" } };
  const { clusterNetwork: network = {}, exposeStrategy = "" } = settle(dual);
  // A template for one family says nothing about the other.
  const usual = settle(dual, ruleContext(installation, dc)).clusterNetwork ?? {};
  const tunneling = settle({ exposeStrategy: "Tunneling" });
  const [podsIPv4 = "", podsIPv6 = usual.pods?.cidrBlocks?.[1] ?? ""] = network.pods?.cidrBlocks ?? [];
  const [servicesIPv4 = "", servicesIPv6 = usual.services?.cidrBlocks?.[1] ?? ""] = network.services?.cidrBlocks ?? [];
  return {
    ipv4: {
      podsCidr: podsIPv4,
      servicesCidr: servicesIPv4,
      nodeCidrMaskSize: network.nodeCidrMaskSizeIPv4 ?? 0,
      nodePortsAllowedIPRange: "0.0.0.0/0",
    },
    ipv6: {
      podsCidr: podsIPv6,
      servicesCidr: servicesIPv6,
      nodeCidrMaskSize: network.nodeCidrMaskSizeIPv6 ?? usual.nodeCidrMaskSizeIPv6 ?? 0,
      nodePortsAllowedIPRange: "::/0",
    },
    proxyMode: network.proxyMode ?? "",
    nodeLocalDNSCacheEnabled: network.nodeLocalDNSCacheEnabled ?? false,
    clusterExposeStrategy: exposeStrategy,
    tunnelingAgentIP: tunneling.clusterNetwork?.tunnelingAgentIP ?? "",
  };
}
