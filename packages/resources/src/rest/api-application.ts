import { z } from "zod";
import { applicationDefinitionSpecSchema } from "../application/application-definition.ts";
import { applicationInstallationSpecSchema } from "../application/application-installation.ts";
import { applicationVersionSchema } from "../application/application-source.ts";
import { preserved, stringMap } from "../schema/building-blocks.ts";
import { answeredMetaShape, apiObjectMetaShape } from "./object-meta.ts";

/** An application that users may install, as lists have it. */
export const apiApplicationDefinitionListItemSchema = z
  .object({
    name: z.string(),
    spec: z.object({ description: z.string(), labels: stringMap().optional() }),
  })
  .meta({ id: "ApplicationDefinitionListItem" });
export type ApiApplicationDefinitionListItem = z.infer<typeof apiApplicationDefinitionListItemSchema>;

export const apiApplicationDefinitionSchema = z
  .object({ ...answeredMetaShape, labels: stringMap().optional(), spec: applicationDefinitionSpecSchema })
  .meta({ id: "ApplicationDefinition" });
export type ApiApplicationDefinition = z.infer<typeof apiApplicationDefinitionSchema>;

/** Body of `POST` and `PUT …/applicationdefinitions[/{appdef_name}]`. */
export const applicationDefinitionRequestSchema = z.object({
  ...apiObjectMetaShape,
  name: z.string().optional().describe("Required to create one; a PUT takes it from its address."),
  labels: stringMap().optional(),
  spec: applicationDefinitionSpecSchema,
});
export type ApplicationDefinitionRequest = z.infer<typeof applicationDefinitionRequestSchema>;

/** Answer to `POST …/applicationdefinitions`: the Kubernetes object itself, as KKP has it. */
export const applicationDefinitionObjectSchema = z
  .looseObject({ metadata: z.looseObject({ name: z.string() }), spec: applicationDefinitionSpecSchema })
  .meta({ id: "ApplicationDefinitionObject" });

const apiConditionSchema = z.object({
  type: z.string().describe("Ready or ManifestsRetrieved."),
  status: z.string(),
  lastHeartbeatTime: z.string(),
  lastTransitionTime: z.string(),
  reason: z.string().optional(),
  message: z.string().optional(),
});

const apiInstallationStatusSchema = z.object({
  conditions: z.array(apiConditionSchema).optional().describe("Sorted by type."),
  applicationVersion: applicationVersionSchema.optional().describe("What is installed."),
  method: z.string(),
  helmRelease: preserved().optional().describe("Fairlead's addition: the release that helm keeps."),
});

export const apiApplicationInstallationListItemSchema = z
  .object({
    name: z.string(),
    namespace: z.string(),
    creationTimestamp: z.string(),
    labels: stringMap().optional(),
    spec: applicationInstallationSpecSchema.pick({ namespace: true, applicationRef: true }),
    status: apiInstallationStatusSchema,
  })
  .meta({ id: "ApplicationInstallationListItem" });
export type ApiApplicationInstallationListItem = z.infer<typeof apiApplicationInstallationListItemSchema>;

export const apiApplicationInstallationSchema = z
  .object({
    ...answeredMetaShape,
    namespace: z.string(),
    labels: stringMap().optional(),
    spec: applicationInstallationSpecSchema.required({ values: true, reconciliationInterval: true }),
    status: apiInstallationStatusSchema,
  })
  .meta({ id: "ApplicationInstallation" });
export type ApiApplicationInstallation = z.infer<typeof apiApplicationInstallationSchema>;

/** Body of `POST` and `PUT …/applicationinstallations[/{namespace}/{appinstall_name}]`. */
export const applicationInstallationRequestSchema = z.object({
  ...apiObjectMetaShape,
  name: z.string().optional().describe("Required to create one; a PUT takes it from its address."),
  namespace: z.string().optional().describe("Of the installation itself; left out: that of the application."),
  labels: stringMap().optional(),
  spec: applicationInstallationSpecSchema,
  status: preserved().optional().describe("Ignored: the server knows the status."),
});
export type ApplicationInstallationRequest = z.infer<typeof applicationInstallationRequestSchema>;
