import { z } from "zod";
import { apiFieldErrorSchema } from "./object-meta.ts";

const layer = z.enum(["chart", "definition", "template", "initial", "user", "managed"]);
const layered = z.object({ layer, value: z.unknown() });

const applicationValueSchema = z.object({
  pointer: z.string().describe("JSON pointer, for example /operator/replicas."),
  path: z.string().describe("As Helm's --set writes it: operator.replicas."),
  value: z.unknown(),
  layer: layer.describe("Where the value comes from."),
  reason: z.string().optional().describe("Why Fairlead manages it: it cannot be changed here."),
  covers: z.array(layered).describe("What lower layers say, without effect; the highest first."),
  removed: layered.optional().describe("What the installation began with and a user took away."),
});
export type ApiApplicationValue = z.infer<typeof applicationValueSchema>;

/** Fairlead's addition to KKP's API: the Helm values of an application, each with where it comes from. */
export const apiApplicationValuesSchema = z
  .object({
    version: z.string().describe("Of the application."),
    values: z.record(z.string(), z.unknown()).describe("What the release is given: all layers but the chart's own."),
    chartValuesKnown: z.boolean().describe("Whether the keys that only the chart sets are listed, too."),
    keys: z.array(applicationValueSchema).describe("Every key that has an effect, by pointer."),
  })
  .meta({ id: "ApplicationValues" });
export type ApiApplicationValues = z.infer<typeof apiApplicationValuesSchema>;

/** Fairlead's addition to KKP's API: what a chart says of its values. */
export const apiValuesSchemaSchema = z
  .object({
    schema: z.record(z.string(), z.unknown()).optional().describe("JSON Schema; absent if the chart has none."),
  })
  .meta({ id: "ValuesSchema" });
export type ApiValuesSchema = z.infer<typeof apiValuesSchemaSchema>;

export const applicationValuesRequestSchema = z
  .object({ values: z.record(z.string(), z.unknown()).describe("The whole document.") })
  .meta({ id: "ApplicationValuesRequest" });

export const apiApplicationValuesPreviewSchema = z
  .object({
    accepted: z.boolean(),
    errors: z.array(apiFieldErrorSchema),
    changes: z
      .array(
        z.object({
          pointer: z.string(),
          path: z.string(),
          before: layered.optional().describe("Absent: the key is new."),
          after: layered.optional().describe("Absent: the key has no value any more."),
        }),
      )
      .describe("What the edit does to the release; a key that is taken away falls back to the chart's own value."),
  })
  .meta({ id: "ApplicationValuesPreview" });
export type ApiApplicationValuesPreview = z.infer<typeof apiApplicationValuesPreviewSchema>;
