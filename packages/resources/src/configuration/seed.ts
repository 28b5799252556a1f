import type { KubeObject } from "@fairlead/kube";
import { z } from "zod";
import { componentSettingsSchema } from "../cluster/components.ts";
import { ageColumn, defineCustomResource } from "../crd/custom-resource.ts";
import { kubermaticGroup } from "../groups.ts";
import { conditions, exposeStrategies, int64, objectReference, preserved } from "../schema/building-blocks.ts";
import { datacenterSchema } from "./datacenter.ts";

const seedSpecSchema = z.object({
  country: z.string().optional().describe("ISO 3166-1 alpha-2 code."),
  location: z.string().optional(),
  kubeconfig: objectReference().optional().describe("Secret with the kubeconfig of the seed."),
  datacenters: z.record(z.string(), datacenterSchema).optional(),
  exposeStrategy: z.enum(exposeStrategies).optional().describe("Default of the clusters on this seed."),
  defaultClusterTemplate: z.string().optional().describe("ClusterTemplate whose fields are defaults on this seed."),
  defaultComponentSettings: componentSettingsSchema.optional(),
  seedDNSOverwrite: z.string().optional(),
  proxySettings: preserved().optional(),
  nodeportProxy: preserved().optional(),
  etcdBackupRestore: preserved().optional(),
  metering: preserved().optional(),
  mla: z.looseObject({ userClusterMLAEnabled: z.boolean().optional() }).optional(),
  oidcProviderConfiguration: preserved().optional(),
});
export type SeedSpec = z.infer<typeof seedSpecSchema>;

const seedStatusSchema = z.object({
  phase: z.enum(["", "Healthy", "Unhealthy", "Invalid", "Terminating", "Paused"]).optional(),
  clusters: int64().optional(),
  versions: z.object({ kubermatic: z.string().optional(), cluster: z.string().optional() }).optional(),
  conditions: conditions().optional(),
});

/** A place that runs control planes, and the datacenters that their nodes may be in. */
export interface Seed extends KubeObject {
  spec: SeedSpec;
  status?: z.infer<typeof seedStatusSchema>;
}

export const seedResource = defineCustomResource<Seed>({
  group: kubermaticGroup,
  version: "v1",
  kind: "Seed",
  plural: "seeds",
  namespaced: true,
  description: "A place that runs control planes, and the datacenters that their nodes may be in.",
  schema: z.object({ spec: seedSpecSchema, status: seedStatusSchema.optional() }),
  statusSubresource: true,
  columns: [
    { name: "Clusters", type: "integer", jsonPath: ".status.clusters" },
    { name: "Location", type: "string", jsonPath: ".spec.location" },
    { name: "KKP Version", type: "string", jsonPath: ".status.versions.kubermatic" },
    { name: "Cluster Version", type: "string", jsonPath: ".status.versions.cluster" },
    { name: "Phase", type: "string", jsonPath: ".status.phase" },
    ageColumn,
  ],
});
export const seedType = seedResource.type;
