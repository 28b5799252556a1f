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

/** Label of a ClusterTemplate: who may use it. */
export const templateScopeLabel = "scope";
/** `seed`: the defaults of every cluster on the seeds that name it. */
export const templateScopes = ["user", "project", "global", "seed"] as const;
export type TemplateScope = (typeof templateScopes)[number];
/** Annotation of a ClusterTemplate: e-mail address of its author, who alone may use one of scope `user`. */
export const templateUserAnnotation = "user";

/**
 * A cluster's desired state, kept to create clusters from. `spec.humanReadableName` is the template's own name. What goes
 * with a cluster's creation beside its spec stands in the annotations that a Cluster has for it.
 */
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
    { name: "Scope", type: "string", jsonPath: ".metadata.labels.scope" },
    { name: "HumanReadableName", type: "string", jsonPath: ".spec.humanReadableName" },
    { name: "Version", type: "string", jsonPath: ".spec.version" },
    ageColumn,
  ],
});
export const clusterTemplateType = clusterTemplateResource.type;
