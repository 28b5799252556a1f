import type { KubeObject } from "@fairlead/kube";
import { z } from "zod";
import { ageColumn, defineCustomResource } from "../crd/custom-resource.ts";
import { kubermaticGroup } from "../groups.ts";

const addonConfigSpecSchema = z.object({
  shortDescription: z.string().optional(),
  description: z.string().optional(),
  logo: z.string().optional().describe("Image in base64."),
  logoFormat: z.string().optional().describe("Image format, for example svg+xml."),
  formSpec: z
    .array(
      z.object({
        displayName: z.string().optional(),
        internalName: z.string().optional(),
        helpText: z.string().optional(),
        required: z.boolean().optional(),
        type: z.string().optional(),
      }),
    )
    .optional()
    .describe("Form fields, one for each variable of the addon."),
});

/** How an addon presents itself to people. */
export interface AddonConfig extends KubeObject {
  spec?: z.infer<typeof addonConfigSpecSchema>;
}

export const addonConfigResource = defineCustomResource<AddonConfig>({
  group: kubermaticGroup,
  version: "v1",
  kind: "AddonConfig",
  plural: "addonconfigs",
  namespaced: false,
  description: "How an addon presents itself to people.",
  schema: z.object({ spec: addonConfigSpecSchema.optional() }),
  columns: [ageColumn],
});
export const addonConfigType = addonConfigResource.type;
