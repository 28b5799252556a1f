import { z } from "zod";
import { cniUpgradeStatusSchema } from "../cluster/cni-upgrade.ts";

const cniNodeSchema = z.object({
  name: z.string(),
  version: z.string().optional().describe("Of the CNI's agent there; absent where there is none yet."),
  done: z.boolean().describe("The version that the cluster asks for is there and ready."),
});
export type ApiCniNode = z.infer<typeof cniNodeSchema>;

/** Fairlead's addition to KKP's API: how the CNI of a cluster stands, and an upgrade of it over several versions. */
export const apiCniUpgradeSchema = z
  .object({
    type: z.string(),
    version: z.string().describe("What the cluster asks for: the step that is being taken."),
    ready: z.boolean().describe("That version runs on all nodes."),
    reason: z.string().describe("In UpperCamelCase, for example RollingOut, PreflightFailed, RolledBack."),
    message: z.string(),
    target: z.string().optional().describe("Where the upgrade leads; absent if none is asked for."),
    paused: z.boolean().describe("After the step that is being taken it does not go on."),
    steps: z
      .array(z.object({ version: z.string(), warnings: z.array(z.string()) }))
      .describe("What is still to be gone through, the target last."),
    nodes: z.array(cniNodeSchema).optional().describe("Only where the request asks for it, and the cluster answers."),
    upgrade: cniUpgradeStatusSchema.optional().describe("Progress of this upgrade, or of the last one."),
  })
  .meta({ id: "CNIUpgrade" });
export type ApiCniUpgrade = z.infer<typeof apiCniUpgradeSchema>;

export const cniUpgradeRequestSchema = z
  .object({
    target: z.string().describe("A version that the cluster's explanation calls reachable."),
    paused: z.boolean().optional().describe("Do not begin yet."),
  })
  .meta({ id: "CNIUpgradeRequest" });
export const cniUpgradePatchSchema = z.object({ paused: z.boolean() }).meta({ id: "CNIUpgradePatch" });
