import { z } from "zod";

/**
 * Metadata of every object of the REST API, flat beside the other fields. Times are RFC 3339; KKP's Go clients send the
 * zero time `0001-01-01T00:00:00Z`, so requests take any string.
 */
export const apiObjectMetaShape = {
  id: z.string().optional().describe("Name of the Kubernetes object behind it."),
  name: z.string().describe("Name that people use."),
  annotations: z.record(z.string(), z.string()).optional(),
  creationTimestamp: z.string().optional(),
  deletionTimestamp: z.string().optional(),
};

/** As {@link apiObjectMetaShape}, in answers: the time of creation is always there, and zero if it is not known. */
export const answeredMetaShape = { ...apiObjectMetaShape, creationTimestamp: z.string() };

export const apiFieldErrorSchema = z.object({
  reason: z.string().describe("Kubernetes' cause, for example FieldValueInvalid."),
  field: z.string().describe("JSON path, for example spec.clusterNetwork.pods.cidrBlocks[0]."),
  message: z.string().describe("Says what would be accepted."),
  value: z.unknown().optional(),
  code: z.string().optional().describe("Stable kebab-case name of the rule."),
});
export type ApiFieldError = z.infer<typeof apiFieldErrorSchema>;

/** Body of every answer that is an error. */
export const apiErrorBodySchema = z
  .object({
    error: z.object({
      code: z.int().describe("The HTTP status."),
      message: z.string(),
      details: z.array(z.string()).optional(),
      fieldErrors: z
        .array(apiFieldErrorSchema)
        .optional()
        .describe("Fairlead's addition: the field errors of an invalid object, one by one."),
    }),
  })
  .meta({ id: "Error" });
export type ApiErrorBody = z.infer<typeof apiErrorBodySchema>;

/** Answer to a request that has nothing to tell but that it succeeded. */
export const emptyAnswerSchema = z.object({}).meta({ id: "Empty" });
