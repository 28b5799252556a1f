import { z } from "zod";
import { exposeStrategies, preserved, quantity, resourceRequirements, stringMap } from "../schema/building-blocks.ts";
import { cloudSchema } from "./cloud.ts";
import { clusterNetworkSchema, cniPluginSchema, networkRangesSchema } from "./cluster-network.ts";
import { componentSettingsSchema } from "./components.ts";

/**
 * The desired state of a user cluster: every field of KKP v2.22's ClusterSpec. Fields that Fairlead does not act on are
 * kept and round-trip (ruling 15).
 */
export const clusterSpecSchema = z.object({
  humanReadableName: z.string().describe("Name that people use; unique in a project."),
  version: z.string().describe("Kubernetes version of the control plane, for example 1.36.3."),
  cloud: cloudSchema.describe("Datacenter and provider of the cluster's nodes."),
  clusterNetwork: clusterNetworkSchema.optional().describe("Address plan, service proxy, DNS and tunnel."),
  cniPlugin: cniPluginSchema.optional().describe("CNI plugin of the cluster, default canal."),
  exposeStrategy: z.enum(exposeStrategies).optional().describe("How the API server is reached. Immutable."),
  apiServerAllowedIPRanges: networkRangesSchema
    .optional()
    .describe("Sources that may reach the API server; only with expose strategy LoadBalancer."),
  componentsOverride: componentSettingsSchema.optional(),
  features: z.record(z.string(), z.boolean()).optional().describe("Feature switches of this cluster."),
  pause: z.boolean().optional().meta({ default: false }).describe("Controllers leave a paused cluster alone."),
  pauseReason: z.string().optional(),
  debugLog: z.boolean().optional(),

  containerRuntime: z.enum(["docker", "containerd"]).optional().meta({ default: "containerd" }),
  enableUserSSHKeyAgent: z.boolean().optional(),
  enableOperatingSystemManager: z.boolean().optional(),
  machineNetworks: z
    .array(z.object({ cidr: z.string(), gateway: z.string(), dnsServers: z.array(z.string()) }))
    .optional(),
  imagePullSecret: z.object({ name: z.string().optional(), namespace: z.string().optional() }).optional(),

  admissionPlugins: z.array(z.string()).optional(),
  usePodSecurityPolicyAdmissionPlugin: z.boolean().optional(),
  usePodNodeSelectorAdmissionPlugin: z.boolean().optional(),
  podNodeSelectorAdmissionPluginConfig: stringMap().optional(),
  useEventRateLimitAdmissionPlugin: z.boolean().optional(),
  eventRateLimitConfig: preserved().optional(),

  oidc: z
    .object({
      issuerURL: z.string().optional(),
      clientID: z.string().optional(),
      clientSecret: z.string().optional(),
      usernameClaim: z.string().optional(),
      groupsClaim: z.string().optional(),
      requiredClaim: z.string().optional(),
      extraScopes: z.string().optional(),
    })
    .optional(),
  serviceAccount: z
    .object({
      tokenVolumeProjectionEnabled: z.boolean().optional(),
      issuer: z.string().optional(),
      apiAudiences: z.array(z.string()).optional(),
    })
    .optional(),
  auditLogging: z
    .object({
      enabled: z.boolean().optional(),
      policyPreset: z.enum(["", "metadata", "recommended", "minimal"]).optional(),
      sidecar: preserved().optional(),
    })
    .optional(),
  encryptionConfiguration: preserved().optional(),

  kubernetesDashboard: z.object({ enabled: z.boolean().optional() }).optional(),
  mla: z
    .looseObject({
      monitoringEnabled: z.boolean().optional(),
      loggingEnabled: z.boolean().optional(),
      monitoringResources: resourceRequirements().optional(),
      loggingResources: resourceRequirements().optional(),
    })
    .optional(),
  opaIntegration: z.looseObject({ enabled: z.boolean().optional() }).optional(),
  applicationSettings: z.object({ cacheSize: quantity().optional() }).optional(),
  updateWindow: z.object({ start: z.string().optional(), length: z.string().optional() }).optional(),
});
export type ClusterSpec = z.infer<typeof clusterSpecSchema>;
