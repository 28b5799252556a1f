import { z } from "zod";

/** On the Addon of a CNI: how its roll-out stands, as JSON. */
export const cniRollOutAnnotation = "fairlead.dev/cni-roll-out";

const cniRollOutSchema = z.object({
  good: z.string().optional().describe("The version that was last seen rolled out."),
  since: z.number().optional().describe("When the add-on was set to another one; milliseconds since the epoch."),
  failed: z.object({ version: z.string(), at: z.number(), attempts: z.int(), message: z.string() }).optional(),
});
export type CniRollOut = z.infer<typeof cniRollOutSchema>;

/** Nothing if it is broken: the roll-out is then looked at as if it had just begun. */
export function parseCniRollOut(text: string | undefined): CniRollOut {
  try {
    return cniRollOutSchema.parse(JSON.parse(text ?? "{}"));
  } catch {
    return {};
  }
}
