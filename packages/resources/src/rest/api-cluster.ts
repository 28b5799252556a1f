import { z } from "zod";
import { cloudSchema } from "../cluster/cloud.ts";
import { clusterNetworkSchema, cniPluginSchema } from "../cluster/cluster-network.ts";
import { clusterSpecSchema } from "../cluster/cluster-spec.ts";
import type { HealthStatus } from "../cluster/cluster-status.ts";
import { int32, preserved, stringMap } from "../schema/building-blocks.ts";
import { apiObjectMetaShape } from "./object-meta.ts";

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

const apiClusterRequestSchema = z.object({
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

const taintSchema = z.object({ key: z.string(), value: z.string().optional(), effect: z.string() });

/** First nodes of a cluster. */
export const nodeDeploymentSchema = z.object({
  ...apiObjectMetaShape,
  name: z.string().optional(),
  spec: z.object({
    // Kubernetes is tested with clusters of up to 5,000 nodes.
    replicas: int32().min(0).max(5000).optional(),
    minReplicas: int32().optional(),
    maxReplicas: int32().optional(),
    paused: z.boolean().optional(),
    dynamicConfig: z.boolean().optional(),
    template: z
      .object({
        cloud: preserved().optional(),
        operatingSystem: preserved().optional(),
        network: preserved().optional(),
        sshUserName: z.string().optional(),
        versions: z.object({ kubelet: z.string().optional() }).optional(),
        labels: stringMap().optional(),
        taints: z.array(taintSchema).optional(),
      })
      .optional(),
  }),
  status: preserved().optional(),
});
export type NodeDeployment = z.infer<typeof nodeDeploymentSchema>;

const applicationRequestSchema = z.object({
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

export type ExternalCcmMigration = "NotNeeded" | "Supported" | "Unsupported" | "InProgress";

/** A cluster as the REST API answers it. Never holds credentials. */
export interface ApiCluster {
  id: string;
  name: string;
  annotations?: Record<string, string>;
  creationTimestamp: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  inheritedLabels?: Record<string, string>;
  type: "kubernetes";
  spec: ApiClusterSpec;
  status: { version: string; url: string; externalCCMMigration: ExternalCcmMigration };
}

/** An empty text is a component that nothing is known of yet. */
export type ApiHealthStatus = HealthStatus | "";

export interface ApiClusterHealth {
  apiserver: ApiHealthStatus;
  applicationController: ApiHealthStatus;
  scheduler: ApiHealthStatus;
  controller: ApiHealthStatus;
  machineController: ApiHealthStatus;
  etcd: ApiHealthStatus;
  cloudProviderInfrastructure: ApiHealthStatus;
  userClusterControllerManager: ApiHealthStatus;
  gatekeeperController?: ApiHealthStatus;
  gatekeeperAudit?: ApiHealthStatus;
  monitoring?: ApiHealthStatus;
  logging?: ApiHealthStatus;
  alertmanagerConfig?: ApiHealthStatus;
  mlaGateway?: ApiHealthStatus;
  operatingSystemManager?: ApiHealthStatus;
  kubernetesDashboard?: ApiHealthStatus;
}

export interface ApiNode {
  id: string;
  name: string;
  creationTimestamp: string;
  deletionTimestamp?: string;
  annotations?: Record<string, string>;
  labels?: Record<string, string>;
  spec: {
    cloud: Record<string, unknown>;
    operatingSystem: Record<string, unknown>;
    versions: { kubelet: string };
    labels?: Record<string, string>;
    taints?: { key: string; value: string; effect: string }[];
  };
  status: {
    machineName: string;
    capacity: { cpu: string; memory: string };
    allocatable: { cpu: string; memory: string };
    addresses?: { type: string; address: string }[];
    nodeInfo: {
      kernelVersion: string;
      containerRuntime: string;
      containerRuntimeVersion: string;
      kubeletVersion: string;
      operatingSystem: string;
      architecture: string;
    };
    /** Set while the node is not ready. */
    errorReason?: string;
    errorMessage?: string;
    /** Fairlead's addition: the node's conditions, Ready among them. */
    conditions?: { type: string; status: string; reason?: string; message?: string }[];
  };
}
