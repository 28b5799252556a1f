import type { KubeObject } from "@fairlead/kube";
import { z } from "zod";
import { ageColumn, defineCustomResource } from "../crd/custom-resource.ts";
import { kubermaticGroup } from "../groups.ts";
import { exposeStrategies, int32, preserved, secretKeySelector } from "../schema/building-blocks.ts";

const kubernetesVersionsSchema = z.looseObject({
  default: z.string().optional().describe("Version of a new cluster when the user names none."),
  versions: z.array(z.string()).optional().describe("Versions that users may choose."),
  updates: z
    .array(
      z.object({
        from: z.string().optional(),
        to: z.string().optional(),
        automatic: z.boolean().optional(),
        automaticNodeUpdate: z.boolean().optional(),
      }),
    )
    .optional(),
  providerIncompatibilities: z.array(preserved()).optional(),
  externalClusters: preserved().optional(),
});

const systemApplicationsSchema = z.looseObject({
  helmRepository: z.string().optional().describe("OCI repository of system applications, without oci://."),
  helmRegistryConfigFile: secretKeySelector().optional(),
  plainHTTP: z.boolean().optional().describe("Speak HTTP without TLS to the repository."),
  insecureSkipTLSVerify: z.boolean().optional().describe("Do not verify the repository's certificate."),
  chartDigests: z
    .record(z.string(), z.string().regex(/^sha256:[a-f0-9]{64}$/))
    .optional()
    .describe("By version of Cilium: the digest that its chart has to have. Fairlead's addition."),
});

const userClusterSettingsSchema = z.looseObject({
  cni: z
    .object({
      catalogue: z.string().optional().describe("CNI catalogue: current, 2.22, 2.21 or 2.20. Default: current."),
      overlay: preserved()
        .optional()
        .describe(
          "Changes of the catalogue: canal and cilium, each with defaultVersion, versions, removedVersions and forcedUpgrades.",
        ),
    })
    .optional(),
  nodePortRange: z.string().optional().describe("Ports of NodePort services, default 30000-32767."),
  apiserverReplicas: int32().optional(),
  overwriteRegistry: z.string().optional().describe("Registry that replaces the host of every image."),
  addons: z
    .looseObject({
      default: z.array(z.string()).optional().describe("Addons that every cluster gets."),
      defaultManifests: z.string().optional(),
    })
    .optional(),
  systemApplications: systemApplicationsSchema.optional(),
});

const kubermaticConfigurationSpecSchema = z.object({
  exposeStrategy: z.enum(exposeStrategies).optional(),
  featureGates: z.record(z.string(), z.boolean()).optional(),
  userCluster: userClusterSettingsSchema.optional(),
  systemApplications: systemApplicationsSchema
    .optional()
    .describe("The same as userCluster.systemApplications, which wins."),
  versions: kubernetesVersionsSchema.optional(),
  api: z.looseObject({ accessibleAddons: z.array(z.string()).optional() }).optional(),
  auth: preserved().optional(),
  caBundle: z
    .looseObject({ kind: z.string().optional(), name: z.string().optional() })
    .optional()
    .describe("ConfigMap whose ca-bundle.pem holds the authorities that chart sources are trusted by."),
  chartSources: z
    .object({
      allowedAddresses: z
        .array(z.string().regex(/^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9_.-]+):[0-9]{1,5}$/))
        .optional()
        .describe(
          "host:port, each exactly, that charts may be fetched from though it is loopback, link-local or a metadata service.",
        ),
    })
    .optional()
    .describe("Fairlead's addition."),
  imagePullSecret: z.string().optional(),
  ingress: preserved().optional(),
  masterController: preserved().optional(),
  proxy: preserved().optional(),
  seedController: preserved().optional(),
  ui: preserved().optional(),
  verticalPodAutoscaler: preserved().optional(),
  webhook: preserved().optional(),
});
export type KubermaticConfigurationSpec = z.infer<typeof kubermaticConfigurationSpecSchema>;

/** Settings of the whole installation; one object in namespace `kubermatic`. */
export interface KubermaticConfiguration extends KubeObject {
  spec?: KubermaticConfigurationSpec;
  status?: { kubermaticVersion?: string; kubermaticEdition?: string };
}

export const kubermaticConfigurationResource = defineCustomResource<KubermaticConfiguration>({
  group: kubermaticGroup,
  version: "v1",
  kind: "KubermaticConfiguration",
  plural: "kubermaticconfigurations",
  namespaced: true,
  description: "Settings of the whole installation.",
  schema: z.object({
    spec: kubermaticConfigurationSpecSchema.optional(),
    status: z.object({ kubermaticVersion: z.string().optional(), kubermaticEdition: z.string().optional() }).optional(),
  }),
  columns: [ageColumn],
});
export const kubermaticConfigurationType = kubermaticConfigurationResource.type;

/** Namespace of KubermaticConfiguration and Seeds. */
export const installationNamespace = "kubermatic";
