import { z } from "zod";
import { answeredMetaShape } from "./object-meta.ts";

/** Something that happened to a cluster, in KKP's shape. */
export const apiEventSchema = z
  .object({
    ...answeredMetaShape,
    message: z.string().optional(),
    type: z.string().optional().describe("Normal or Warning."),
    involvedObject: z
      .object({ type: z.string().optional(), namespace: z.string().optional(), name: z.string().optional() })
      .optional(),
    lastTimestamp: z.string(),
    count: z.int().optional(),
  })
  .meta({ id: "Event" });
export type ApiEvent = z.infer<typeof apiEventSchema>;
