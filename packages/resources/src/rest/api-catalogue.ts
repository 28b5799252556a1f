export interface ApiDatacenter {
  metadata: { name: string };
  spec: {
    seed: string;
    country?: string;
    location?: string;
    provider: string;
    node: Record<string, unknown>;
    requiredEmails?: string[];
    enforceAuditLogging: boolean;
    enforcePodSecurityPolicy: boolean;
    ipv6Enabled: boolean;
    operatingSystemProfiles?: Record<string, string>;
    machineFlavorFilter?: Record<string, unknown>;
    /** Under the provider's name: what the datacenter says for it. */
    [provider: string]: unknown;
  };
}

export interface ApiMasterVersion {
  version: string;
  default?: true;
  restrictedByKubeletVersion?: true;
}

export interface ApiCniVersions {
  cniPluginType: string;
  versions: string[];
}

interface ApiNetworkDefaultsFamily {
  podsCidr: string;
  servicesCidr: string;
  nodeCidrMaskSize: number;
  nodePortsAllowedIPRange: string;
}

export interface ApiNetworkDefaults {
  ipv4: ApiNetworkDefaultsFamily;
  ipv6: ApiNetworkDefaultsFamily;
  proxyMode: string;
  nodeLocalDNSCacheEnabled: boolean;
  clusterExposeStrategy: string;
  tunnelingAgentIP: string;
}
