import { z } from "zod";
import { int32, preserved, quantity, resourceRequirements } from "../schema/building-blocks.ts";

const tolerations = z.array(preserved());

const leaderElected = z.looseObject({
  replicas: int32().optional(),
  resources: resourceRequirements().optional(),
  tolerations: tolerations.optional(),
  leaderElection: preserved().optional(),
});

/** Settings of single control-plane components; a cluster's own win over those of its seed. */
export const componentSettingsSchema = z.looseObject({
  apiserver: z
    .looseObject({
      endpointReconcilingDisabled: z.boolean().optional(),
      nodePortRange: z.string().optional().describe("Ports of NodePort services, for example 30000-32767."),
      replicas: int32().optional(),
      resources: resourceRequirements().optional(),
      tolerations: tolerations.optional(),
    })
    .optional(),
  controllerManager: leaderElected.optional(),
  scheduler: leaderElected.optional(),
  etcd: z
    .looseObject({
      clusterSize: int32().optional(),
      diskSize: quantity().optional(),
      resources: resourceRequirements().optional(),
      storageClass: z.string().optional(),
      tolerations: tolerations.optional(),
    })
    .optional(),
  konnectivityProxy: z
    .looseObject({ keepaliveTime: z.string().optional(), resources: resourceRequirements().optional() })
    .optional(),
  nodePortProxyEnvoy: preserved().optional(),
  prometheus: preserved().optional(),
});
export type ComponentSettings = z.infer<typeof componentSettingsSchema>;
