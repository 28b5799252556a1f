import { z } from "zod";
import { conditions, dateTime, int32, preserved, stringMap } from "../schema/building-blocks.ts";
import { cniInPlaceSchema, cniMigrationStatusSchema } from "./cni-migration.ts";
import { cniUpgradeStatusSchema } from "./cni-upgrade.ts";
import { cniValuesChangesSchema } from "./cni-values-change.ts";

export const healthStatuses = ["HealthStatusDown", "HealthStatusUp", "HealthStatusProvisioning"] as const;
export type HealthStatus = (typeof healthStatuses)[number];

const health = z.enum(healthStatuses).optional();

/** Health of each component; a component that the cluster does not have is left out. */
const extendedHealthSchema = z.object({
  apiserver: health,
  scheduler: health,
  controller: health,
  etcd: health,
  machineController: health,
  cloudProviderInfrastructure: health,
  userClusterControllerManager: health,
  applicationController: health,
  konnectivity: health,
  openvpn: health,
  operatingSystemManager: health,
  kubernetesDashboard: health,
  gatekeeperController: health,
  gatekeeperAudit: health,
  monitoring: health,
  logging: health,
  alertmanagerConfig: health,
  mlaGateway: health,
});
export type ExtendedHealth = z.infer<typeof extendedHealthSchema>;

const clusterAddressSchema = z.object({
  url: z.string().optional().describe("https://externalName:port"),
  externalName: z.string().optional().describe("Name under which nodes and users reach the API server."),
  internalURL: z.string().optional().describe("Name of the API server inside the seed."),
  ip: z.string().optional(),
  port: int32().optional(),
  adminToken: z.string().optional(),
});
export type ClusterAddress = z.infer<typeof clusterAddressSchema>;

const clusterPhases = ["Creating", "Updating", "Running", "Terminating"] as const;
const clusterErrorReasons = ["InvalidConfiguration", "UnsupportedChange", "ReconcileError"] as const;

const tunnelEndpoint = z.object({ host: z.string(), port: int32() });

export const clusterStatusSchema = z.object({
  phase: z.enum(clusterPhases).optional(),
  namespaceName: z.string().optional().describe("Namespace of the cluster's objects: cluster-<id>."),
  userEmail: z.string().optional().describe("E-mail address of the owner."),
  userName: z.string().optional(),
  address: clusterAddressSchema.optional(),
  extendedHealth: extendedHealthSchema.optional(),
  tunnel: z
    .object({ konnectivity: tunnelEndpoint.optional(), openvpn: tunnelEndpoint.optional() })
    .optional()
    .describe("Where clients on the nodes find the servers of the tunnels that are served. Fairlead's own."),
  cniApplications: z
    .record(z.string(), z.object({ application: z.string(), version: z.string() }))
    .optional()
    .describe("Applications that are CNIs of the user's own, by namespace/name of their installation. Fairlead's own."),
  versions: z
    .object({
      controlPlane: z.string().optional().describe("Version that the whole control plane has reached."),
      apiserver: z.string().optional(),
      controllerManager: z.string().optional(),
      scheduler: z.string().optional(),
      oldestNodeVersion: z.string().optional(),
    })
    .optional(),
  conditions: conditions().optional(),
  cni: cniInPlaceSchema.optional().describe("The CNI that was last seen to run on all nodes. Fairlead's own."),
  cniMigration: cniMigrationStatusSchema.optional().describe("Progress of a change of the CNI's type."),
  cniUpgrade: cniUpgradeStatusSchema.optional().describe("Progress of an upgrade of the CNI over several versions."),
  cniValuesChanges: cniValuesChangesSchema
    .optional()
    .describe("The last changes of the CNI's Helm values by annotation or CNIRollout, the newest first."),
  errorReason: z.enum(clusterErrorReasons).optional(),
  errorMessage: z.string().optional(),
  inheritedLabels: stringMap().optional(),
  lastUpdated: dateTime().optional(),
  lastProviderReconciliation: dateTime().optional(),
  encryption: preserved().optional(),
  resourceUsage: preserved().optional(),
});
export type ClusterStatus = z.infer<typeof clusterStatusSchema>;
