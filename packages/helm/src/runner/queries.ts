import { z } from "zod";
import { HelmError } from "./helm-error.ts";

const listedRelease = z.object({
  name: z.string(),
  namespace: z.string(),
  revision: z.coerce.number(),
  updated: z.string(),
  status: z.string(),
  chart: z.string(),
  app_version: z.string(),
});

const historyEntry = z.object({
  revision: z.number(),
  updated: z.string(),
  status: z.string(),
  chart: z.string(),
  app_version: z.string(),
  description: z.string(),
});

export type ListedRelease = z.infer<typeof listedRelease>;
export type HistoryEntry = z.infer<typeof historyEntry>;

export const listOutput = z.array(listedRelease);
export const historyOutput = z.array(historyEntry);

/** @throws HelmError if helm's output has another shape than the pinned helm's */
export function parseOutput<T>(schema: z.ZodType<T>, output: string, command: string): T {
  try {
    return schema.parse(JSON.parse(output));
  } catch (cause) {
    throw new HelmError("unknown", `helm ${command} printed something unexpected`, { command, cause });
  }
}
