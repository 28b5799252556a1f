import type { KubeObject } from "@fairlead/kube";
import { z } from "zod";
import { ageColumn, defineCustomResource } from "../crd/custom-resource.ts";
import { kubermaticGroup } from "../groups.ts";
import { dateTime, objectReference, preserved } from "../schema/building-blocks.ts";

const userSpecSchema = z.object({
  id: z.string().optional(),
  name: z.string(),
  email: z.string(),
  admin: z.boolean().optional().meta({ default: false }),
  groups: z.array(z.string()).optional(),
  project: z.string().optional().describe("Project of a service account."),
  settings: preserved().optional().describe("What the user has set in the user interface."),
  invalidTokensReference: objectReference().extend({ key: z.string().optional() }).optional(),
});
const userStatusSchema = z.object({ lastSeen: dateTime().optional() });

/** A person or a service account that has authenticated once. */
export interface User extends KubeObject {
  spec: z.infer<typeof userSpecSchema>;
  status?: z.infer<typeof userStatusSchema>;
}

export const userResource = defineCustomResource<User>({
  group: kubermaticGroup,
  version: "v1",
  kind: "User",
  plural: "users",
  namespaced: false,
  description: "A person or a service account that has authenticated once.",
  schema: z.object({ spec: userSpecSchema, status: userStatusSchema.optional() }),
  statusSubresource: true,
  columns: [
    { name: "Email", type: "string", jsonPath: ".spec.email" },
    { name: "HumanReadableName", type: "string", jsonPath: ".spec.name" },
    { name: "Admin", type: "boolean", jsonPath: ".spec.admin" },
    ageColumn,
  ],
  selectableFields: [".spec.project"],
});
export const userType = userResource.type;
