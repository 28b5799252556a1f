import { z } from "zod";

const warningSchema = z.object({ code: z.string(), field: z.string(), message: z.string() });

const stepSchema = z.object({ version: z.string(), warnings: z.array(warningSchema) });

const fieldExplanationSchema = z.object({
  field: z.string().describe("JSON path, for example spec.clusterNetwork.proxyMode."),
  value: z.unknown(),
  source: z.enum(["request", "stored", "template", "seed", "provider", "rule"]),
  rule: z.string().describe("Stable kebab-case name of the rule that decides where nobody does."),
  reason: z.string(),
  limits: z
    .array(
      z.object({
        code: z.string(),
        summary: z.string(),
        unlockedBy: z.string().optional().describe("The label that takes the limit away."),
        unlocked: z.boolean().describe("Whether the cluster has that label."),
      }),
    )
    .describe("What holds for changes of the field. Empty: any value is possible that a new cluster may have."),
});
export type ApiFieldExplanation = z.infer<typeof fieldExplanationSchema>;

const versionExplanationSchema = z.object({
  version: z.string(),
  phase: z.enum(["supported", "deprecated"]),
  current: z.boolean().describe("The version that the cluster has."),
  allowed: z.boolean().describe("It may be set in one write, as the cluster is now."),
  reachable: z.boolean().describe("There is a way of legal writes."),
  steps: z.array(stepSchema).describe("The way minor by minor, each step a write."),
  direct: stepSchema.optional().describe("The way in one write where it skips steps; riskier."),
  code: z.string(),
  message: z.string().describe("The decision on setting it right now."),
  remedies: z.array(z.string()).describe("What makes it legal, if it may not be set in one write."),
  kubernetes: z.object({ from: z.string(), to: z.string() }).optional(),
  leastKernel: z.string().optional(),
  advisories: z.array(z.string()).describe("Known security problems, for example CVE-2023-34242."),
  warnings: z.array(warningSchema),
});
export type ApiVersionExplanation = z.infer<typeof versionExplanationSchema>;

/** Why a cluster's network is as it is, and where its CNI can go. */
export const apiClusterExplanationSchema = z
  .object({ fields: z.array(fieldExplanationSchema), cniVersions: z.array(versionExplanationSchema) })
  .meta({ id: "ClusterExplanation" });
export type ApiClusterExplanation = z.infer<typeof apiClusterExplanationSchema>;
