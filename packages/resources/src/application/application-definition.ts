import type { KubeObject } from "@fairlead/kube";
import { z } from "zod";
import { defineCustomResource } from "../crd/custom-resource.ts";
import { applicationsGroup } from "../groups.ts";
import { preserved } from "../schema/building-blocks.ts";
import { applicationMethods, applicationVersionSchema, deployOptionsSchema } from "./application-source.ts";

export const applicationDefinitionSpecSchema = z.object({
  description: z.string(),
  method: z.enum(applicationMethods).describe("How the application is installed."),
  defaultValues: preserved().optional().describe("Helm values that a new installation starts from."),
  defaultValuesBlock: z
    .string()
    .optional()
    .describe("The same as YAML text, comments included; either this or defaultValues."),
  defaultDeployOptions: deployOptionsSchema.optional(),
  versions: z.array(applicationVersionSchema),
});

/** An application that users may install in their clusters, with where each version comes from. */
export interface ApplicationDefinition extends KubeObject {
  spec: z.infer<typeof applicationDefinitionSpecSchema>;
}

export const applicationDefinitionResource = defineCustomResource<ApplicationDefinition>({
  group: applicationsGroup,
  version: "v1",
  kind: "ApplicationDefinition",
  plural: "applicationdefinitions",
  namespaced: false,
  description: "An application that users may install in their clusters.",
  schema: z.object({ spec: applicationDefinitionSpecSchema }),
});
export const applicationDefinitionType = applicationDefinitionResource.type;
