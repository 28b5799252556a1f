import { z } from "zod";
import { preserved } from "../schema/building-blocks.ts";
import { answeredMetaShape, apiObjectMetaShape } from "./object-meta.ts";

const addonSpecSchema = z.object({
  variables: preserved()
    .optional()
    .describe("Values of the add-on's chart. A name with dots leads to a value inside: multus.logLevel."),
  continuouslyReconcile: z
    .boolean()
    .optional()
    .describe(
      "Changes that others make to the add-on's objects are undone. Otherwise they stay until the add-on itself changes.",
    ),
});

/** Body of `POST …/addons`. */
export const createAddonRequestSchema = z.object({
  ...apiObjectMetaShape,
  name: z.string().min(1).describe("One of GET …/installableaddons."),
  spec: addonSpecSchema.optional(),
});
export type CreateAddonRequest = z.infer<typeof createAddonRequestSchema>;

/** Body of `PATCH …/addons/{addon_id}`. */
export const patchAddonRequestSchema = z.object({
  ...apiObjectMetaShape,
  name: z.string().optional(),
  spec: addonSpecSchema.optional().describe("variables replaces all variables; what is left out stays."),
});

/** An add-on of a cluster, as answers have it. */
export const apiAddonSchema = z
  .object({
    ...answeredMetaShape,
    id: z.string(),
    spec: addonSpecSchema.extend({ isDefault: z.boolean().optional() }),
    status: z
      .object({
        phase: z.enum(["New", "Healthy", "Unhealthy"]),
        message: z.string().optional().describe("What is wrong, or what was done, in one sentence."),
      })
      .describe("Fairlead's addition."),
  })
  .meta({ id: "Addon" });
export type ApiAddon = z.infer<typeof apiAddonSchema>;

/** How an add-on presents itself to people. */
export const apiAddonConfigSchema = z
  .object({
    ...answeredMetaShape,
    id: z.string(),
    spec: z.object({
      shortDescription: z.string().optional(),
      description: z.string().optional(),
      logo: z.string().optional().describe("Image in base64."),
      logoFormat: z.string().optional(),
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
        .optional(),
    }),
  })
  .meta({ id: "AddonConfig" });
export type ApiAddonConfig = z.infer<typeof apiAddonConfigSchema>;
