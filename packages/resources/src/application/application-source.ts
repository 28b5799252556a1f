import { z } from "zod";
import { secretKeySelector } from "../schema/building-blocks.ts";

/** Each names a key of a Secret in the namespace of the KubermaticConfiguration. */
const helmCredentials = z.object({
  username: secretKeySelector().optional(),
  password: secretKeySelector().optional(),
  registryConfigFile: secretKeySelector().optional(),
});

export type HelmCredentials = z.infer<typeof helmCredentials>;

const helmSourceSchema = z.object({
  url: z
    .string()
    .regex(/^(http|https|oci):\/\/.+/)
    .describe("Repository, without the chart's name."),
  chartName: z.string(),
  chartVersion: z.string(),
  credentials: helmCredentials.optional(),
  chartDigest: z
    .string()
    .regex(/^sha256:[a-f0-9]{64}$/)
    .optional()
    .describe("Of the manifest in an OCI registry; a chart with another one is refused. Fairlead's addition."),
  insecure: z.boolean().optional().describe("Do not verify the repository's certificate."),
  plainHTTP: z.boolean().optional().describe("Speak HTTP without TLS to an OCI registry."),
});
export type HelmSource = z.infer<typeof helmSourceSchema>;

const gitSourceSchema = z.object({
  remote: z.string(),
  ref: z.object({
    branch: z.string().optional(),
    commit: z
      .string()
      .regex(/^[a-f0-9]{40}$/)
      .optional(),
    tag: z.string().optional(),
  }),
  path: z.string().optional(),
  credentials: z
    .object({
      method: z.enum(["password", "token", "ssh-key"]),
      username: secretKeySelector().optional(),
      password: secretKeySelector().optional(),
      token: secretKeySelector().optional(),
      sshKey: secretKeySelector().optional(),
    })
    .optional(),
});
export type GitSource = z.infer<typeof gitSourceSchema>;

export const applicationMethods = ["helm"] as const;

export const applicationVersionSchema = z.object({
  version: z
    .string()
    .regex(/^v?[0-9]+(\.[0-9]+)?(\.[0-9]+)?(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/)
    .describe("Semantic version."),
  template: z.object({
    source: z.object({ helm: helmSourceSchema.optional(), git: gitSourceSchema.optional() }),
    templateCredentials: z.object({ helmCredentials: helmCredentials.optional() }).optional(),
  }),
});
export type ApplicationVersion = z.infer<typeof applicationVersionSchema>;

export const deployOptionsSchema = z.object({
  helm: z
    .object({
      wait: z.boolean().optional().describe("Wait until the release's objects are ready."),
      timeout: z.string().optional().describe("Go duration, for example 10m."),
      atomic: z.boolean().optional().describe("Roll back a failed release; needs wait."),
      enableDNS: z.boolean().optional(),
    })
    .optional(),
});
export type DeployOptions = z.infer<typeof deployOptionsSchema>;
