import type { KubeObject } from "@fairlead/kube";
import { z } from "zod";
import { ageColumn, defineCustomResource } from "../crd/custom-resource.ts";
import { kubermaticGroup } from "../groups.ts";
import { conditions, objectReference, preserved } from "../schema/building-blocks.ts";

const addonSpecSchema = z.object({
  name: z.string().describe("Name of the addon's chart."),
  cluster: objectReference().describe("The Cluster that the addon is for."),
  isDefault: z.boolean().optional().describe("Installed by the platform and kept as the cluster needs it."),
  variables: preserved().optional().describe("Values of the addon's chart."),
  requiredResourceTypes: z
    .array(z.object({ group: z.string().optional(), version: z.string().optional(), kind: z.string().optional() }))
    .optional()
    .describe("Kinds that the user cluster must serve before the addon is applied."),
});
const addonStatusSchema = z.object({ conditions: conditions().optional() });

/** Objects that the platform applies in a user cluster. Lives in the cluster's namespace. */
export interface Addon extends KubeObject {
  spec: z.infer<typeof addonSpecSchema>;
  status?: z.infer<typeof addonStatusSchema>;
}

export const addonResource = defineCustomResource<Addon>({
  group: kubermaticGroup,
  version: "v1",
  kind: "Addon",
  plural: "addons",
  namespaced: true,
  description: "Objects that the platform applies in a user cluster.",
  schema: z.object({ spec: addonSpecSchema, status: addonStatusSchema.optional() }),
  statusSubresource: true,
  columns: [ageColumn],
});
export const addonType = addonResource.type;

/** Condition type of an Addon: whether its objects are in the user cluster as asked. */
export const addonResourcesCreated = "AddonResourcesCreatedSuccessfully";

/** Label of an Addon: the controller goes on correcting its objects, not only until they were applied once. */
export const addonEnsureLabel = "addons.kubermatic.io/ensure";
