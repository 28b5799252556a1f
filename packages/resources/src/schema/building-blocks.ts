import { z } from "zod";

/** Schema parts that several resources share. */

export function int32() {
  return z.int32().meta({ format: "int32" });
}

export function int64() {
  return z.int().meta({ format: "int64" });
}

/** RFC 3339 date and time, as metav1.Time prints it. */
export function dateTime() {
  return z.iso.datetime({ offset: true });
}

/** An object whose fields Fairlead carries but does not interpret: the API server keeps all of them. */
export function preserved() {
  return z.looseObject({});
}

/** resource.Quantity: `200Mi`, `"0.5"`, `2`. */
export function quantity() {
  return z.union([z.string(), z.number()]).meta({ "x-kubernetes-int-or-string": true });
}

export function resourceRequirements() {
  return z.object({
    limits: z.record(z.string(), quantity()).optional(),
    requests: z.record(z.string(), quantity()).optional(),
    claims: z.array(z.object({ name: z.string() })).optional(),
  });
}

export function stringMap() {
  return z.record(z.string(), z.string());
}

/** corev1.SecretKeySelector */
export function secretKeySelector() {
  return z.object({ name: z.string().optional(), key: z.string(), optional: z.boolean().optional() });
}

/** corev1.ObjectReference */
export function objectReference() {
  return z.object({
    apiVersion: z.string().optional(),
    kind: z.string().optional(),
    name: z.string().optional(),
    namespace: z.string().optional(),
    uid: z.string().optional(),
    resourceVersion: z.string().optional(),
    fieldPath: z.string().optional(),
  });
}

const conditionStatuses = ["True", "False", "Unknown"] as const;

/**
 * One entry of a `status.conditions` map; the key is the condition's type. KKP keeps conditions in a map where Kubernetes
 * keeps a list.
 */
export const conditionShape = {
  status: z.enum(conditionStatuses),
  reason: z.string().optional().describe("One CamelCase word for machines."),
  message: z.string().optional().describe("One sentence for people."),
  observedGeneration: int64().optional().describe("metadata.generation that this condition speaks of."),
  lastHeartbeatTime: dateTime().optional(),
  lastTransitionTime: dateTime().optional().describe("When status last changed."),
  kubermaticVersion: z.string().optional().describe("Version of the software that wrote the condition."),
};
const conditionSchema = z.object(conditionShape);
export type Condition = z.infer<typeof conditionSchema>;

export function conditions() {
  return z.record(z.string(), conditionSchema);
}

export const exposeStrategies = ["NodePort", "LoadBalancer", "Tunneling"] as const;
