import { z } from "zod";
import { int32, int64, preserved, stringMap } from "../schema/building-blocks.ts";
import { answeredMetaShape, apiObjectMetaShape } from "./object-meta.ts";

const taintSchema = z.object({ key: z.string(), value: z.string().optional(), effect: z.string() });

/** Kubernetes is tested with clusters of up to 5,000 nodes. */
const mostNodes = 5000;

/** What the nodes of a group are like. */
const nodeTemplateSchema = z.object({
  cloud: preserved().optional(),
  operatingSystem: preserved().optional(),
  network: preserved().optional(),
  sshUserName: z.string().optional(),
  versions: z.object({ kubelet: z.string().optional() }).optional(),
  labels: stringMap().optional(),
  taints: z.array(taintSchema).optional(),
});

const replicas = () => int32().min(0).max(mostNodes).optional();

/** A group of equal nodes, as requests have it. */
export const nodeDeploymentSchema = z.object({
  ...apiObjectMetaShape,
  name: z.string().optional(),
  spec: z.object({
    replicas: replicas(),
    minReplicas: replicas().describe("Least number for an autoscaler."),
    maxReplicas: replicas().describe("Largest number for an autoscaler."),
    paused: z.boolean().optional(),
    dynamicConfig: z.boolean().optional(),
    template: nodeTemplateSchema.optional(),
  }),
  status: preserved().optional().describe("Ignored: the server knows the status."),
});
export type NodeDeployment = z.infer<typeof nodeDeploymentSchema>;

/** Body of `PATCH …/machinedeployments/{machinedeployment_id}`, an RFC 7396 merge patch. */
export const patchNodeDeploymentSchema = nodeDeploymentSchema.partial();

/** Body of `PUT …/clusters/{cluster_id}/nodes/upgrades`. */
export const upgradeNodesRequestSchema = z.object({
  version: z.string().describe("Of the kubelets, for example 1.36.3."),
});

/** A group of equal nodes, as answers have it. */
export const apiNodeDeploymentSchema = z
  .object({
    ...answeredMetaShape,
    id: z.string(),
    spec: z.object({
      replicas: z.int(),
      minReplicas: z.int().optional(),
      maxReplicas: z.int().optional(),
      paused: z.boolean().optional(),
      template: nodeTemplateSchema.extend({
        cloud: preserved(),
        operatingSystem: preserved(),
        versions: z.object({ kubelet: z.string() }),
      }),
    }),
    status: z.object({
      observedGeneration: int64().optional(),
      replicas: z.int().optional(),
      updatedReplicas: z.int().optional(),
      readyReplicas: z.int().optional(),
      availableReplicas: z.int().optional(),
      unavailableReplicas: z.int().optional(),
    }),
  })
  .meta({ id: "NodeDeployment" });
export type ApiNodeDeployment = z.infer<typeof apiNodeDeploymentSchema>;

const resourcesSchema = z.object({ cpu: z.string(), memory: z.string() });

export const apiNodeSchema = z
  .object({
    ...answeredMetaShape,
    id: z.string(),
    labels: stringMap().optional(),
    spec: z.object({
      cloud: preserved(),
      operatingSystem: preserved(),
      versions: z.object({ kubelet: z.string() }),
      labels: stringMap().optional(),
      taints: z.array(taintSchema.required()).optional(),
    }),
    status: z.object({
      machineName: z.string(),
      capacity: resourcesSchema,
      allocatable: resourcesSchema,
      addresses: z.array(z.object({ type: z.string(), address: z.string() })).optional(),
      nodeInfo: z.object({
        kernelVersion: z.string(),
        containerRuntime: z.string(),
        containerRuntimeVersion: z.string(),
        kubeletVersion: z.string(),
        operatingSystem: z.string(),
        architecture: z.string(),
      }),
      errorReason: z.string().optional().describe("Set while the node is not ready."),
      errorMessage: z.string().optional(),
      conditions: z
        .array(
          z.object({
            type: z.string(),
            status: z.string(),
            reason: z.string().optional(),
            message: z.string().optional(),
          }),
        )
        .optional()
        .describe("Fairlead's addition: the node's conditions, Ready among them."),
    }),
  })
  .meta({ id: "Node" });
export type ApiNode = z.infer<typeof apiNodeSchema>;
