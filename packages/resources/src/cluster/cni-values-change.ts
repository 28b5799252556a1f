import { z } from "zod";
import { dateTime } from "../schema/building-blocks.ts";

/**
 * Annotation of a Cluster until it is carried out: what to change in the Helm values of its CNI, a JSON merge patch (RFC 7396).
 * Removing it before gives the change up.
 */
export const cniValuesChangeAnnotation = "fairlead.dev/cni-values-change";

const cniValuesChangeStates = ["Blocked", "RollingOut", "Done", "Failed"] as const;

const cniValuesChangeStatusSchema = z.object({
  digest: z.string().describe("Of the change."),
  rollout: z
    .object({ name: z.string(), uid: z.string() })
    .optional()
    .describe("The CNIRollout that asked for it; absent: a user did."),
  state: z.enum(cniValuesChangeStates),
  message: z.string(),
  startedAt: dateTime(),
  finishedAt: dateTime().optional(),
});

/** How many are kept. */
export const cniValuesChangesKept = 5;

/** The last changes of the CNI's Helm values that {@link cniValuesChangeAnnotation} asked for, the newest first. */
export const cniValuesChangesSchema = z.array(cniValuesChangeStatusSchema);
export type CniValuesChangeStatus = z.infer<typeof cniValuesChangeStatusSchema>;
