import type { KubeObject } from "@fairlead/kube";
import { z } from "zod";
import { ageColumn, defineCustomResource } from "../crd/custom-resource.ts";
import { kubermaticGroup } from "../groups.ts";
import { conditions, int64 } from "../schema/building-blocks.ts";

/** More at once would be a mistake rather than a wish. */
const mostReplicas = 500;

const clusterTemplateInstanceSpecSchema = z.object({
  projectID: z.string().describe("Project that the clusters belong to."),
  clusterTemplateID: z.string().describe("Name of the ClusterTemplate."),
  clusterTemplateName: z.string().optional().describe("Name that people use; the clusters are called after it."),
  replicas: int64()
    .min(1)
    .max(mostReplicas)
    .describe("How many clusters to create. Raised later it creates more; lowered it deletes none."),
});

const instantiatedClusterSchema = z.object({
  name: z.string().describe("Name that people use."),
  state: z.enum(["Created", "Refused"]),
  id: z.string().optional().describe("Name of the Cluster, once it is created."),
  message: z.string().optional().describe("Why it is refused."),
});
export type InstantiatedCluster = z.infer<typeof instantiatedClusterSchema>;

const clusterTemplateInstanceStatusSchema = z.object({
  created: int64().optional(),
  refused: int64().optional(),
  clusters: z.array(instantiatedClusterSchema).optional().describe("One for each replica that was tried, in order."),
  conditions: conditions().optional(),
});

/** Clusters made from a template, several at once. Deleting it leaves the clusters. */
export interface ClusterTemplateInstance extends KubeObject {
  spec: z.infer<typeof clusterTemplateInstanceSpecSchema>;
  status?: z.infer<typeof clusterTemplateInstanceStatusSchema>;
}

export const clusterTemplateInstanceResource = defineCustomResource<ClusterTemplateInstance>({
  group: kubermaticGroup,
  version: "v1",
  kind: "ClusterTemplateInstance",
  plural: "clustertemplateinstances",
  namespaced: false,
  description: "Clusters made from a template, several at once. Deleting it leaves the clusters.",
  schema: z.object({
    spec: clusterTemplateInstanceSpecSchema,
    status: clusterTemplateInstanceStatusSchema.optional(),
  }),
  statusSubresource: true,
  columns: [
    { name: "Template", type: "string", jsonPath: ".spec.clusterTemplateName" },
    { name: "Project", type: "string", jsonPath: ".spec.projectID" },
    { name: "Replicas", type: "integer", jsonPath: ".spec.replicas" },
    { name: "Created", type: "integer", jsonPath: ".status.created" },
    { name: "Refused", type: "integer", jsonPath: ".status.refused" },
    ageColumn,
  ],
});
export const clusterTemplateInstanceType = clusterTemplateInstanceResource.type;

/** Label of a Cluster: name of the ClusterTemplateInstance that created it. */
export const templateInstanceLabel = "template-instance-id";
