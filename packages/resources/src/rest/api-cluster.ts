import { z } from "zod";
import { cloudSchema } from "../cluster/cloud.ts";
import { clusterNetworkSchema, cniPluginSchema } from "../cluster/cluster-network.ts";
import { clusterSpecSchema } from "../cluster/cluster-spec.ts";
import { conditionShape, preserved, stringMap } from "../schema/building-blocks.ts";
import { nodeDeploymentSchema } from "./api-node.ts";
import { answeredMetaShape, apiObjectMetaShape } from "./object-meta.ts";

/**
 * A cluster's specification as the REST API takes it. Choices of the network are plain strings here: the network rules
 * judge them, say what would be accepted and report all errors at once.
 */
export const apiClusterSpecSchema = clusterSpecSchema
  .omit({
    humanReadableName: true,
    componentsOverride: true,
    features: true,
    pause: true,
    pauseReason: true,
    debugLog: true,
    imagePullSecret: true,
    encryptionConfiguration: true,
    applicationSettings: true,
  })
  .extend({
    version: z.string().optional(),
    cloud: cloudSchema.partial({ dc: true }).optional(),
    clusterNetwork: clusterNetworkSchema
      .extend({ ipFamily: z.string().optional(), proxyMode: z.string().optional() })
      .optional(),
    cniPlugin: cniPluginSchema.extend({ type: z.string().optional() }).optional(),
    exposeStrategy: z.string().optional(),
    // Clients of KKP send empty text for "not chosen".
    containerRuntime: z.enum(["", "docker", "containerd"]).optional(),
  });
export type ApiClusterSpec = z.infer<typeof apiClusterSpecSchema>;

export const apiClusterRequestSchema = z.object({
  ...apiObjectMetaShape,
  name: z.string().optional(),
  labels: stringMap().optional(),
  inheritedLabels: stringMap().optional(),
  type: z.string().optional(),
  credential: z.string().optional().describe("Name of a preset."),
  spec: apiClusterSpecSchema.optional(),
  status: preserved().optional().describe("Ignored: the server knows the status."),
  machineDeploymentCount: z.int().optional(),
});

export const applicationRequestSchema = z.object({
  ...apiObjectMetaShape,
  name: z.string().optional(),
  spec: z.object({
    applicationRef: z.object({ name: z.string(), version: z.string() }),
    namespace: z.object({
      name: z.string(),
      create: z.boolean().optional(),
      labels: stringMap().optional(),
      annotations: stringMap().optional(),
    }),
    values: preserved().optional(),
  }),
});

/** Body of `POST /api/v2/projects/{project_id}/clusters`. */
export const createClusterRequestSchema = z.object({
  cluster: apiClusterRequestSchema,
  nodeDeployment: nodeDeploymentSchema.optional(),
  applications: z.array(applicationRequestSchema).optional(),
});
export type CreateClusterRequest = z.infer<typeof createClusterRequestSchema>;

/**
 * Body of `PATCH /api/v2/projects/{project_id}/clusters/{cluster_id}`: an RFC 7396 merge patch, so that null takes a field
 * away.
 */
export const patchClusterRequestSchema = z.object(apiClusterRequestSchema.shape);

/** A cluster as the REST API answers it. Never holds credentials. */
export const apiClusterSchema = z
  .object({
    ...answeredMetaShape,
    id: z.string(),
    labels: stringMap().optional(),
    inheritedLabels: stringMap().optional(),
    type: z.literal("kubernetes"),
    spec: apiClusterSpecSchema,
    status: z.object({
      version: z.string().describe("The version that the control plane has reached."),
      url: z.string(),
      externalCCMMigration: z.enum(["NotNeeded", "Supported", "Unsupported", "InProgress"]),
      conditions: z
        .array(z.object({ type: z.string(), ...conditionShape }))
        .optional()
        .describe("What Fairlead's controllers say, by type. KKP's API does not have it."),
    }),
  })
  .meta({ id: "Cluster" });
export type ApiCluster = z.infer<typeof apiClusterSchema>;
