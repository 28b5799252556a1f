import { z } from "zod";
import { cniRolloutSpecSchema, cniRolloutStatusSchema, newCniRolloutSpecSchema } from "../fleet/cni-rollout.ts";

/** Fairlead's addition to KKP's API: a CNIRollout as the REST API shows it. */
export const apiCniRolloutSchema = z
  .object({
    name: z.string(),
    creationTimestamp: z.string(),
    spec: cniRolloutSpecSchema,
    status: cniRolloutStatusSchema.optional().describe("Absent until it has been looked at."),
  })
  .meta({ id: "CNIRollout" });
export type ApiCniRollout = z.infer<typeof apiCniRolloutSchema>;

export const createCniRolloutSchema = z
  .object({
    name: z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/),
    spec: newCniRolloutSpecSchema,
  })
  .meta({ id: "CNIRolloutRequest" });
export type CreateCniRollout = z.infer<typeof createCniRolloutSchema>;

/** What may be changed of a rollout that runs: another version, or other values, would be another rollout. */
export const cniRolloutPatchSchema = cniRolloutSpecSchema
  .pick({ paused: true, maxConcurrent: true, maxFailures: true })
  .meta({ id: "CNIRolloutPatch" });
export type CniRolloutPatch = z.infer<typeof cniRolloutPatchSchema>;
