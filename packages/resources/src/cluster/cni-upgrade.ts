import { z } from "zod";
import { dateTime } from "../schema/building-blocks.ts";

/** Annotation of a Cluster: the CNI version to get to, step by step; taken away once it is reached. Removing it stops the upgrade. */
export const cniTargetVersionAnnotation = "fairlead.dev/cni-target-version";
/** Annotation of a Cluster: its presence, with whatever value, keeps the upgrade from going on to the next step. */
export const cniUpgradePausedAnnotation = "fairlead.dev/cni-upgrade-paused";
/** Annotation of a Cluster: Go duration within which a new CNI version must have been rolled out, else it is rolled back. */
export const cniRolloutTimeoutAnnotation = "fairlead.dev/cni-rollout-timeout";
/** Annotation of a Cluster while its CNI changes from add-on to application: the add-on's version. */
export const cniHandOverAnnotation = "fairlead.dev/cni-hand-over-from";

export const cniUpgradeStates = ["Progressing", "Paused", "Blocked", "Failed", "Stopped", "Complete"] as const;
export type CniUpgradeState = (typeof cniUpgradeStates)[number];

const cniStepStates = ["Done", "Current", "Pending"] as const;

/** Progress of an upgrade to the version that {@link cniTargetVersionAnnotation} names; the last one stays for people to see. */
export const cniUpgradeStatusSchema = z.object({
  from: z.string(),
  target: z.string(),
  state: z.enum(cniUpgradeStates),
  message: z.string().optional(),
  steps: z.array(z.object({ version: z.string(), state: z.enum(cniStepStates) })),
  startedAt: dateTime(),
  finishedAt: dateTime().optional(),
});
export type CniUpgradeStatus = z.infer<typeof cniUpgradeStatusSchema>;
