import type { KubeObject } from "@fairlead/kube";
import { z } from "zod";
import { ageColumn, defineCustomResource } from "../crd/custom-resource.ts";
import { kubermaticGroup } from "../groups.ts";

const projectPhases = ["Active", "Inactive", "Terminating"] as const;

const projectSpecSchema = z.object({ name: z.string().describe("Name that people use.") });
const projectStatusSchema = z.object({ phase: z.enum(projectPhases) });

/** Groups clusters and the people who may use them. Its Kubernetes name is the project's id. */
export interface Project extends KubeObject {
  spec: z.infer<typeof projectSpecSchema>;
  status?: z.infer<typeof projectStatusSchema>;
}

export const projectResource = defineCustomResource<Project>({
  group: kubermaticGroup,
  version: "v1",
  kind: "Project",
  plural: "projects",
  namespaced: false,
  description: "Groups clusters and the people who may use them.",
  schema: z.object({ spec: projectSpecSchema, status: projectStatusSchema.optional() }),
  statusSubresource: true,
  columns: [
    { name: "HumanReadableName", type: "string", jsonPath: ".spec.name" },
    { name: "Status", type: "string", jsonPath: ".status.phase" },
    ageColumn,
  ],
});
export const projectType = projectResource.type;
