import { builtin, type ResourceType, type Webhook, type WebhookConfiguration } from "@fairlead/kube";
import {
  addonType,
  applicationDefinitionType,
  applicationInstallationType,
  clusterTemplateType,
  clusterType,
} from "@fairlead/resources";

/** Where the webhooks are served. */
export type WebhookEndpoint = {
  /** PEM of the authority that signed the serving certificate. */
  readonly authority: string;
} & (
  | {
      /** Origin, `https://127.0.0.1:9443`. */
      readonly url: string;
    }
  | {
      /** Of the API server's own cluster: found also where it cannot resolve the cluster's names. */
      readonly service: { readonly namespace: string; readonly name: string; readonly port: number };
    }
);

export type WebhookPhase = "mutate" | "validate";
type Operation = "CREATE" | "UPDATE" | "DELETE";

/** Which writes of a resource are asked about, in which phase. */
interface Coverage {
  readonly type: ResourceType;
  readonly mutate: readonly Operation[];
  readonly validate: readonly Operation[];
}

const writes = ["CREATE", "UPDATE"] as const;

const managementCoverage: readonly Coverage[] = [
  { type: clusterType, mutate: writes, validate: writes },
  { type: clusterTemplateType, mutate: [], validate: [...writes, "DELETE"] },
  { type: applicationDefinitionType, mutate: writes, validate: [...writes, "DELETE"] },
  { type: addonType, mutate: writes, validate: writes },
];
const userClusterCoverage: readonly Coverage[] = [
  { type: applicationInstallationType, mutate: writes, validate: writes },
];

/** What an API server is told about the webhooks: to be applied there. */
export interface WebhookConfigurations {
  readonly mutating: WebhookConfiguration;
  readonly validating: WebhookConfiguration;
}

export function managementWebhooks(endpoint: WebhookEndpoint): WebhookConfigurations {
  return configurations(managementCoverage, endpoint, managementWebhookPath);
}

/** A user cluster calls a path of its own, so that it is known whose objects are judged. */
export function userClusterWebhooks(endpoint: WebhookEndpoint, clusterId: string): WebhookConfigurations {
  return configurations(userClusterCoverage, endpoint, (phase, plural) =>
    userClusterWebhookPath(phase, plural, clusterId),
  );
}

export function managementWebhookPath(phase: WebhookPhase, plural: string): string {
  return `/${phase}/${plural}`;
}

export function userClusterWebhookPath(phase: WebhookPhase, plural: string, clusterId: string): string {
  return `/user-clusters/${clusterId}/${phase}/${plural}`;
}

/** The name under which a refusal, or a webhook that does not answer, shows up in error messages. */
export function webhookName(type: ResourceType): string {
  return `${type.plural}.admission.fairlead.dev`;
}

function configurations(
  coverage: readonly Coverage[],
  endpoint: WebhookEndpoint,
  pathOf: (phase: WebhookPhase, plural: string) => string,
): WebhookConfigurations {
  const webhooks = (phase: WebhookPhase): Webhook[] =>
    coverage
      .filter((covered) => covered[phase].length > 0)
      .map(({ type, [phase]: operations }) => ({
        name: webhookName(type),
        clientConfig: {
          ...addressOf(endpoint, pathOf(phase, type.plural)),
          caBundle: Buffer.from(endpoint.authority).toString("base64"),
        },
        rules: [
          {
            operations: [...operations],
            apiGroups: [type.group],
            apiVersions: [type.version],
            resources: [type.plural],
            scope: type.namespaced ? "Namespaced" : "Cluster",
          },
        ],
        failurePolicy: "Fail",
        matchPolicy: "Equivalent",
        sideEffects: "None",
        timeoutSeconds: 10,
        admissionReviewVersions: ["v1"],
      }));
  return {
    mutating: { ...metaOf(builtin.MutatingWebhookConfiguration), webhooks: webhooks("mutate") },
    validating: { ...metaOf(builtin.ValidatingWebhookConfiguration), webhooks: webhooks("validate") },
  };
}

function addressOf(endpoint: WebhookEndpoint, path: string): Pick<Webhook["clientConfig"], "url" | "service"> {
  return "url" in endpoint ? { url: `${endpoint.url}${path}` } : { service: { ...endpoint.service, path } };
}

function metaOf({ apiVersion, kind }: ResourceType) {
  return { apiVersion, kind, metadata: { name: "fairlead.dev" } };
}
