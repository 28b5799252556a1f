import { z } from "zod";
import { healthStatuses } from "../cluster/cluster-status.ts";

const status = z.enum([...healthStatuses, ""]).describe("Empty while nothing is known of the component.");
export type ApiHealthStatus = z.infer<typeof status>;

export const apiClusterHealthSchema = z
  .object({
    apiserver: status,
    applicationController: status,
    scheduler: status,
    controller: status,
    machineController: status,
    etcd: status,
    cloudProviderInfrastructure: status,
    userClusterControllerManager: status,
    gatekeeperController: status.optional(),
    gatekeeperAudit: status.optional(),
    monitoring: status.optional(),
    logging: status.optional(),
    alertmanagerConfig: status.optional(),
    mlaGateway: status.optional(),
    operatingSystemManager: status.optional(),
    kubernetesDashboard: status.optional(),
  })
  .meta({ id: "ClusterHealth" });
export type ApiClusterHealth = z.infer<typeof apiClusterHealthSchema>;
