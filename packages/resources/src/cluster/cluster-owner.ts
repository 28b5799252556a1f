import { z } from "zod";

/** Annotation of a Cluster: who created it, as JSON; its status tells it from there. Only Fairlead writes it. */
export const clusterOwnerAnnotation = "fairlead.dev/owner";

const clusterOwnerSchema = z.object({ email: z.string().min(1), name: z.string() });
export type ClusterOwner = z.infer<typeof clusterOwnerSchema>;

export function formatClusterOwner({ email, name }: ClusterOwner): string {
  return JSON.stringify({ email, name });
}

/** Nobody if it is broken. */
export function parseClusterOwner(text: string | undefined): ClusterOwner | undefined {
  try {
    return clusterOwnerSchema.parse(JSON.parse(text ?? ""));
  } catch {
    return undefined;
  }
}
