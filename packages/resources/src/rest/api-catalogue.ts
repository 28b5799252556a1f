import { z } from "zod";
import { stringMap } from "../schema/building-blocks.ts";

export const apiDatacenterSchema = z
  .object({
    metadata: z.object({ name: z.string() }),
    spec: z
      .looseObject({
        seed: z.string(),
        country: z.string().optional(),
        location: z.string().optional(),
        provider: z.string(),
        node: z.looseObject({}),
        requiredEmails: z.array(z.string()).optional(),
        enforceAuditLogging: z.boolean(),
        enforcePodSecurityPolicy: z.boolean(),
        ipv6Enabled: z.boolean(),
        operatingSystemProfiles: stringMap().optional(),
        machineFlavorFilter: z.looseObject({}).optional(),
      })
      .describe("Under the provider's name: what the datacenter says for it."),
  })
  .meta({ id: "Datacenter" });
export type ApiDatacenter = z.infer<typeof apiDatacenterSchema>;

export const apiMasterVersionSchema = z
  .object({
    version: z.string().describe("A Kubernetes version, for example 1.36.3."),
    default: z.literal(true).optional(),
    restrictedByKubeletVersion: z.literal(true).optional().describe("The nodes must be upgraded before."),
  })
  .meta({ id: "MasterVersion" });
export type ApiMasterVersion = z.infer<typeof apiMasterVersionSchema>;

export const apiCniVersionsSchema = z
  .object({ cniPluginType: z.string(), versions: z.array(z.string()) })
  .meta({ id: "CNIVersions" });
export type ApiCniVersions = z.infer<typeof apiCniVersionsSchema>;

const networkDefaultsFamilySchema = z.object({
  podsCidr: z.string(),
  servicesCidr: z.string(),
  nodeCidrMaskSize: z.int(),
  nodePortsAllowedIPRange: z.string(),
});

export const apiNetworkDefaultsSchema = z
  .object({
    ipv4: networkDefaultsFamilySchema,
    ipv6: networkDefaultsFamilySchema,
    proxyMode: z.string(),
    nodeLocalDNSCacheEnabled: z.boolean(),
    clusterExposeStrategy: z.string(),
    tunnelingAgentIP: z.string(),
  })
  .meta({ id: "NetworkDefaults" });
export type ApiNetworkDefaults = z.infer<typeof apiNetworkDefaultsSchema>;
