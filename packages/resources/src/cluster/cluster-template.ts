import type { KubeObject } from "@fairlead/kube";
import { z } from "zod";
import { ageColumn, defineCustomResource } from "../crd/custom-resource.ts";
import { kubermaticGroup } from "../groups.ts";
import { stringMap } from "../schema/building-blocks.ts";
import { clusterSpecSchema } from "./cluster-spec.ts";

const clusterTemplateSchema = z.object({
  spec: clusterSpecSchema,
  clusterLabels: stringMap().optional(),
  inheritedClusterLabels: stringMap().optional(),
  credential: z.string().optional(),
  userSSHKeys: z.array(z.object({ id: z.string(), name: z.string() })).optional(),
});

/** A cluster's desired state, kept to create clusters from. */
export interface ClusterTemplate extends KubeObject, z.infer<typeof clusterTemplateSchema> {}

export const clusterTemplateResource = defineCustomResource<ClusterTemplate>({
  group: kubermaticGroup,
  version: "v1",
  kind: "ClusterTemplate",
  plural: "clustertemplates",
  namespaced: false,
  description: "A cluster's desired state, kept to create clusters from.",
  schema: clusterTemplateSchema,
  columns: [
    { name: "HumanReadableName", type: "string", jsonPath: ".spec.humanReadableName" },
    { name: "Version", type: "string", jsonPath: ".spec.version" },
    ageColumn,
  ],
});
export const clusterTemplateType = clusterTemplateResource.type;
