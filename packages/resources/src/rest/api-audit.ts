import { z } from "zod";

/** Names of {@link NetworkFields}: what of a cluster the audit log tells before and after. */
export const networkFieldNames = [
  "version",
  "cniPlugin",
  "clusterNetwork",
  "exposeStrategy",
  "apiServerAllowedIPRanges",
  "unsafeLabels",
] as const;
export type NetworkFields = { [Name in (typeof networkFieldNames)[number]]?: unknown };

const networkFieldsSchema = z.partialRecord(z.enum(networkFieldNames), z.unknown());

/** Who did what, when, from where. Holds no secrets: neither bodies nor headers nor query strings. */
export const apiAuditEntrySchema = z
  .object({
    time: z.string(),
    user: z
      .string()
      .optional()
      .describe("E-mail address, or name at the Kubernetes API. Absent: the request was not authenticated."),
    from: z
      .string()
      .optional()
      .describe("IP address that the request came from. Absent: a write to the Kubernetes API, which does not say."),
    action: z.string().describe("Method and route; of the Kubernetes API operation and resource."),
    path: z.string(),
    project: z.string().optional(),
    cluster: z.string().optional(),
    status: z.int().describe("HTTP status of the answer."),
    dryRun: z.boolean().optional(),
    before: networkFieldsSchema.optional().describe("Of the network, what the request changed, as it was."),
    after: networkFieldsSchema.optional().describe("The same, as it is since."),
  })
  .meta({ id: "AuditEntry" });
export type ApiAuditEntry = z.infer<typeof apiAuditEntrySchema>;
