import type { KubeObject } from "@fairlead/kube";
import { z } from "zod";
import { ageColumn, defineCustomResource } from "../crd/custom-resource.ts";
import { kubermaticGroup } from "../groups.ts";

const userProjectBindingSpecSchema = z.object({
  userEmail: z.string(),
  projectID: z.string(),
  group: z.string().describe("Role and project: owners-<id>, editors-<id>, viewers-<id> or projectmanagers-<id>."),
});

/** Makes a user a member of a project. */
export interface UserProjectBinding extends KubeObject {
  spec: z.infer<typeof userProjectBindingSpecSchema>;
}

export const userProjectBindingResource = defineCustomResource<UserProjectBinding>({
  group: kubermaticGroup,
  version: "v1",
  kind: "UserProjectBinding",
  plural: "userprojectbindings",
  namespaced: false,
  description: "Makes a user a member of a project.",
  schema: z.object({ spec: userProjectBindingSpecSchema }),
  columns: [
    { name: "ProjectID", type: "string", jsonPath: ".spec.projectID" },
    { name: "Group", type: "string", jsonPath: ".spec.group" },
    { name: "UserEmail", type: "string", jsonPath: ".spec.userEmail" },
    ageColumn,
  ],
  selectableFields: [".spec.userEmail", ".spec.projectID"],
});
export const userProjectBindingType = userProjectBindingResource.type;
