import type { KubeObject } from "../objects.ts";

/** Shapes of admissionregistration.k8s.io/v1 as far as they are used. */

export interface Webhook {
  /** At least three segments; stands in the message of every refusal. */
  name: string;
  clientConfig: {
    url?: string;
    service?: { namespace: string; name: string; path?: string; port?: number };
    /** PEM in base64. */
    caBundle?: string;
  };
  rules?: {
    operations: ("CREATE" | "UPDATE" | "DELETE" | "CONNECT" | "*")[];
    apiGroups: string[];
    apiVersions: string[];
    resources: string[];
    scope?: "Cluster" | "Namespaced" | "*";
  }[];
  failurePolicy?: "Fail" | "Ignore";
  /** CEL; the webhook is asked if all are true. */
  matchConditions?: { name: string; expression: string }[];
  matchPolicy?: "Equivalent" | "Exact";
  sideEffects: "None" | "NoneOnDryRun";
  timeoutSeconds?: number;
  admissionReviewVersions: string[];
}

export interface WebhookConfiguration extends KubeObject {
  webhooks?: Webhook[];
}
