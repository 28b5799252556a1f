import type { KubeObject } from "@fairlead/kube";
import { z } from "zod";
import { badRequest } from "../http/api-error.ts";
import { isObject } from "../http/json-body.ts";

/** The API server asks before it looks at `metadata`, which may be missing. */
const objectSchema = z
  .custom<Partial<KubeObject>>(isObject, "expected a Kubernetes object")
  .transform((object): KubeObject => ({ ...object, metadata: isObject(object.metadata) ? object.metadata : {} }));

/** What is read of `admission.k8s.io/v1`; the API server sends more. */
const reviewSchema = z.object({
  apiVersion: z.literal("admission.k8s.io/v1"),
  kind: z.literal("AdmissionReview"),
  request: z.object({
    uid: z.string().min(1),
    operation: z.enum(["CREATE", "UPDATE", "DELETE"]),
    /** Empty where the API server has yet to choose one. */
    name: z.string().default(""),
    namespace: z.string().default(""),
    userInfo: z.object({ username: z.string().default(""), groups: z.array(z.string()).default([]) }),
    object: objectSchema.nullish(),
    oldObject: objectSchema.nullish(),
  }),
});

export type AdmissionRequest = z.infer<typeof reviewSchema>["request"];

/** @throws ApiError 400 */
export function parseReview(body: unknown): AdmissionRequest {
  const parsed = reviewSchema.safeParse(body);
  if (!parsed.success) throw badRequest(`AdmissionReview: ${z.prettifyError(parsed.error)}`, { cause: parsed.error });
  return parsed.data.request;
}
