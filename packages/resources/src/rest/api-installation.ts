import { z } from "zod";
import { secretKeySelector } from "../schema/building-blocks.ts";

const repository = z.string().regex(/^(oci:\/\/)?([A-Za-z0-9.-]+|\[[0-9a-fA-F:.]+\])(:\d{1,5})?(\/[a-z0-9._-]+)*\/?$/, {
  error: "expected an OCI repository like registry.example.com/helm-charts",
});

/** Fairlead's addition to KKP's API: where the charts of system applications come from. */
export const apiSystemApplicationsSchema = z
  .object({
    helmRepository: z.string().describe("OCI repository that is in effect, without oci://."),
    plainHTTP: z.boolean(),
    helmRegistryConfigFile: z.object({ name: z.string(), key: z.string() }).optional(),
    chartDigests: z.record(z.string(), z.string()).optional(),
    seeds: z.array(
      z.object({
        name: z.string(),
        available: z.string().describe("True, False, or Unknown before anybody has tried."),
        reason: z.string().optional(),
        message: z.string().optional().describe("Which versions can be fetched, or what keeps each."),
      }),
    ),
  })
  .meta({ id: "SystemApplications" });
export type ApiSystemApplications = z.infer<typeof apiSystemApplicationsSchema>;

/** Body of `PATCH /api/v2/systemapplications`. */
export const systemApplicationsPatchSchema = z
  .object({
    helmRepository: repository.nullable().optional(),
    plainHTTP: z.boolean().nullable().optional(),
    helmRegistryConfigFile: secretKeySelector().nullable().optional(),
  })
  .meta({ id: "SystemApplicationsPatch" });
export type SystemApplicationsPatch = z.infer<typeof systemApplicationsPatchSchema>;

/** A cluster of any project, as far as its CNI goes. */
export const apiCniClusterSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    projectID: z.string(),
    version: z.string().describe("Of Kubernetes."),
    cniPlugin: z.object({ type: z.string(), version: z.string() }),
  })
  .meta({ id: "CNICluster" });
export type ApiCniCluster = z.infer<typeof apiCniClusterSchema>;
