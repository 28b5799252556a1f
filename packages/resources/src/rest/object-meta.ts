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

/** Body of every answer that is an error. */
export interface ApiErrorBody {
  error: {
    /** The HTTP status. */
    code: number;
    message: string;
    details?: string[];
    /** Fairlead's addition: the field errors of an invalid object, one by one. */
    fieldErrors?: ApiFieldError[];
  };
}

export interface ApiFieldError {
  /** Kubernetes' cause, for example FieldValueInvalid. */
  reason: string;
  /** JSON path, for example spec.clusterNetwork.pods.cidrBlocks[0]. */
  field: string;
  message: string;
  value?: unknown;
  /** Stable kebab-case name of the rule. */
  code?: string;
}
