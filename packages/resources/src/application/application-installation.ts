import type { KubeObject } from "@fairlead/kube";
import { z } from "zod";
import { ageColumn, defineCustomResource } from "../crd/custom-resource.ts";
import { applicationsGroup } from "../groups.ts";
import { conditions, dateTime, preserved, stringMap } from "../schema/building-blocks.ts";
import { applicationMethods, applicationVersionSchema, deployOptionsSchema } from "./application-source.ts";

export const applicationInstallationSpecSchema = z.object({
  applicationRef: z.object({
    name: z.string().min(1).describe("Name of the ApplicationDefinition."),
    version: z.string().min(1).describe("One of its versions."),
  }),
  namespace: z
    .object({
      name: z.string().min(1),
      create: z.boolean().optional().meta({ default: true }),
      labels: stringMap().optional(),
      annotations: stringMap().optional(),
    })
    .describe("Where the application is installed."),
  values: preserved().optional().describe("The complete Helm values of the release."),
  valuesBlock: z.string().optional().describe("The same as YAML text, comments included; either this or values."),
  deployOptions: deployOptionsSchema.optional(),
  reconciliationInterval: z
    .string()
    .optional()
    .describe("Go duration after which the release is checked again; 0 is never."),
});

const helmReleaseSchema = z.object({
  name: z.string().optional(),
  version: z.int().optional().describe("Revision of the release."),
  info: z
    .object({
      status: z.string().optional(),
      description: z.string().optional(),
      notes: z.string().optional(),
      firstDeployed: dateTime().optional(),
      lastDeployed: dateTime().optional(),
      deleted: dateTime().optional(),
    })
    .optional(),
});

const applicationInstallationStatusSchema = z.object({
  conditions: conditions().optional(),
  applicationVersion: applicationVersionSchema.optional().describe("What is installed, copied from the definition."),
  applicationVersionSeal: z
    .string()
    .optional()
    .describe("Shows Fairlead that it wrote applicationVersion itself. Fairlead's addition."),
  helmRelease: helmReleaseSchema.optional(),
  method: z.enum(applicationMethods).optional(),
  failures: z.int().optional().describe("Failed attempts since the last success."),
});

/** An application in a user cluster; lives there. */
export interface ApplicationInstallation extends KubeObject {
  spec: z.infer<typeof applicationInstallationSpecSchema>;
  status?: z.infer<typeof applicationInstallationStatusSchema>;
}

export const applicationInstallationResource = defineCustomResource<ApplicationInstallation>({
  group: applicationsGroup,
  version: "v1",
  kind: "ApplicationInstallation",
  plural: "applicationinstallations",
  namespaced: true,
  description: "An application that is installed in this cluster.",
  schema: z.object({
    spec: applicationInstallationSpecSchema,
    status: applicationInstallationStatusSchema.optional(),
  }),
  statusSubresource: true,
  columns: [
    { name: "Application", type: "string", jsonPath: ".spec.applicationRef.name" },
    { name: "Version", type: "string", jsonPath: ".spec.applicationRef.version" },
    { name: "Ready", type: "string", jsonPath: ".status.conditions.Ready.status" },
    ageColumn,
  ],
});
export const applicationInstallationType = applicationInstallationResource.type;

/** Labels of applications that the platform itself installs. */
export const applicationManagedByLabel = "apps.kubermatic.k8c.io/managed-by";
export const applicationManagedByValue = "kkp";
export const applicationTypeLabel = "apps.kubermatic.k8c.io/type";
export const applicationTypeCni = "cni";
