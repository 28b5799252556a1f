import { z } from "zod";
import { dateTime, int32 } from "../schema/building-blocks.ts";

/** A CNI that runs on all nodes, and how it was set up: what the next one has to get along with. */
export const cniInPlaceSchema = z.object({
  type: z.string(),
  version: z.string().optional(),
  proxyMode: z.string().optional(),
  vxlanPort: int32().optional().describe("UDP port of its overlay, where that is not 8472."),
});
export type CniInPlace = z.infer<typeof cniInPlaceSchema>;

export const cniMigrationStates = [
  "RollingOut",
  "WaitingForUser",
  "RemovingPrevious",
  "RestartPods",
  "Complete",
] as const;
export type CniMigrationState = (typeof cniMigrationStates)[number];

const cniSchema = z.object({ type: z.string(), version: z.string().optional() });

/** Progress of a change of the CNI's type; the last one stays for people to see. */
export const cniMigrationStatusSchema = z.object({
  from: cniSchema,
  to: cniSchema,
  state: z.enum(cniMigrationStates),
  message: z.string().optional(),
  remainingSteps: z.array(z.string()).optional().describe("What only the cluster's users can do."),
  startedAt: dateTime(),
  switchedAt: dateTime()
    .optional()
    .describe("When the new CNI was there; pods from before have the network of the previous one."),
  finishedAt: dateTime().optional(),
});
export type CniMigrationStatus = z.infer<typeof cniMigrationStatusSchema>;
