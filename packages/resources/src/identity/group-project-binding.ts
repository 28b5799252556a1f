import type { KubeObject } from "@fairlead/kube";
import { z } from "zod";
import { ageColumn, defineCustomResource } from "../crd/custom-resource.ts";
import { kubermaticGroup } from "../groups.ts";
import { projectRoles } from "./project-role.ts";

const groupProjectBindingSpecSchema = z.object({
  group: z.string().describe("As the identity provider names it in the claim of groups."),
  projectID: z.string(),
  role: z.enum(projectRoles),
});

/** Makes all users of a group of the identity provider members of a project. */
export interface GroupProjectBinding extends KubeObject {
  spec: z.infer<typeof groupProjectBindingSpecSchema>;
}

export const groupProjectBindingResource = defineCustomResource<GroupProjectBinding>({
  group: kubermaticGroup,
  version: "v1",
  kind: "GroupProjectBinding",
  plural: "groupprojectbindings",
  namespaced: false,
  description: "Makes all users of a group of the identity provider members of a project.",
  schema: z.object({ spec: groupProjectBindingSpecSchema }),
  columns: [
    { name: "Group", type: "string", jsonPath: ".spec.group" },
    { name: "ProjectID", type: "string", jsonPath: ".spec.projectID" },
    { name: "Role", type: "string", jsonPath: ".spec.role" },
    ageColumn,
  ],
  selectableFields: [".spec.group", ".spec.projectID"],
});
export const groupProjectBindingType = groupProjectBindingResource.type;
