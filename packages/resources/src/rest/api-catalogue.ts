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

const kubernetesRange = z.object({ from: z.string(), to: z.string() });
const catalogueVersionSchema = z.object({
  version: z.string(),
  phase: z.enum(["supported", "deprecated"]),
  delivery: z.enum(["addon", "application"]).optional(),
  kubernetes: kubernetesRange.optional().describe("What the version is tested with."),
  leastKernel: z.string().optional(),
  advisories: z.array(z.string()).describe("Known security problems, for example CVE-2023-34242."),
});
const cataloguePluginSchema = z.object({
  defaultVersion: z.string(),
  versions: z.array(catalogueVersionSchema).describe("Oldest first."),
  forcedUpgrades: z.array(
    z.object({
      fromKubernetes: z.string(),
      replaces: z.union([z.object({ exactly: z.string() }), z.object({ below: z.string() })]),
      target: z.string(),
    }),
  ),
});

/** Fairlead's addition: every CNI version, deprecated ones included, with what is known of it. */
export const apiCniCatalogueSchema = z
  .object({ name: z.string(), cni: z.object({ canal: cataloguePluginSchema, cilium: cataloguePluginSchema }) })
  .meta({ id: "CNICatalogue" });
export type ApiCniCatalogue = z.infer<typeof apiCniCatalogueSchema>;

/** Fairlead's addition: what the network rules need to know to judge a new cluster before it is sent. */
export const apiRuleContextSchema = z
  .object({
    provider: z.string(),
    datacenter: z.object({
      name: z.string(),
      provider: z.string(),
      ipv6Enabled: z.boolean(),
      region: z.string().optional(),
    }),
    catalogue: apiCniCatalogueSchema,
    kubernetesVersions: z.array(z.string()),
    seedDefaults: z.object({ exposeStrategy: z.string().optional(), componentsOverride: z.looseObject({}).optional() }),
    template: z
      .looseObject({})
      .optional()
      .describe("The spec of the template that holds for every cluster of the seed."),
  })
  .meta({ id: "RuleContext" });
export type ApiRuleContext = z.infer<typeof apiRuleContextSchema>;
