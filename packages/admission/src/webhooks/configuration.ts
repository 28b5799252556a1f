import { builtin, type ResourceType, type Webhook, type WebhookConfiguration } from "@fairlead/kube";
import {
  addonType,
  applicationDefinitionType,
  applicationInstallationType,
  clusterTemplateType,
  clusterType,
  controlPlaneFinalizer,
  groupProjectBindingType,
  projectType,
  userProjectBindingType,
  userType,
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
  /** What a change is judged by. Nobody is asked about one that leaves these alone, of finalizers for example. Absent: everything. */
  readonly judged?: readonly string[];
  /** CEL: what Fairlead itself creates complete, so that there is nothing to add. It is validated like any other, but for `own`. */
  readonly complete?: string;
  /** CEL: what Fairlead itself creates only once the rules that validation would ask have passed it. Later changes are validated. */
  readonly own?: string;
}

const writes = ["CREATE", "UPDATE"] as const;

/** What the REST API creates: it has been through the rules, and has got what a Cluster has from its first moment on. */
const bornCluster = `has(object.metadata.finalizers) && ${JSON.stringify(controlPlaneFinalizer)} in object.metadata.finalizers`;

const managementCoverage: readonly Coverage[] = [
  {
    type: clusterType,
    mutate: writes,
    validate: writes,
    judged: ["spec", "metadata.labels", "metadata.annotations"],
    complete: bornCluster,
    own: bornCluster,
  },
  { type: clusterTemplateType, mutate: [], validate: [...writes, "DELETE"] },
  { type: applicationDefinitionType, mutate: writes, validate: [...writes, "DELETE"] },
  {
    type: addonType,
    mutate: writes,
    validate: writes,
    judged: ["spec"],
    complete: "has(object.spec) && has(object.spec.cluster) && has(object.spec.cluster.uid)",
    own: "has(object.spec) && has(object.spec.isDefault) && object.spec.isDefault",
  },
];
const userClusterCoverage: readonly Coverage[] = [
  { type: applicationInstallationType, mutate: writes, validate: writes },
];

/** What an API server is told about the webhooks: to be applied there. */
export interface WebhookConfigurations {
  readonly mutating: WebhookConfiguration;
  readonly validating: WebhookConfiguration;
}

/** Of what writes to the management API the audit log tells, besides those by Fairlead itself. */
export const observedTypes: readonly ResourceType[] = [
  ...managementCoverage.map(({ type }) => type),
  projectType,
  userProjectBindingType,
  groupProjectBindingType,
  userType,
];

/** @param ownUser Fairlead's user name there: its own writes are those of the REST API, and of controllers */
export function managementWebhooks(endpoint: WebhookEndpoint, ownUser: string): WebhookConfigurations {
  const { mutating, validating } = configurations(managementCoverage, endpoint, {
    pathOf: managementWebhookPath,
    ownUser,
  });
  const observers = observedTypes.map((type) => observer(type, { endpoint, ownUser }));
  return { mutating, validating: { ...validating, webhooks: [...(validating.webhooks ?? []), ...observers] } };
}

/** A user cluster calls a path of its own, so that it is known whose objects are judged. */
export function userClusterWebhooks(endpoint: WebhookEndpoint, clusterId: string): WebhookConfigurations {
  return configurations(userClusterCoverage, endpoint, {
    pathOf: (phase, plural) => userClusterWebhookPath(phase, plural, clusterId),
  });
}

export function managementWebhookPath(phase: WebhookPhase, plural: string): string {
  return `/${phase}/${plural}`;
}

export function observerPath(plural: string): string {
  return `/observe/${plural}`;
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
  { pathOf, ownUser }: { pathOf: (phase: WebhookPhase, plural: string) => string; ownUser?: string },
): WebhookConfigurations {
  const webhooks = (phase: WebhookPhase): Webhook[] =>
    coverage
      .filter((covered) => covered[phase].length > 0)
      .map(({ type, judged, complete, own, [phase]: operations }) => ({
        name: webhookName(type),
        clientConfig: clientConfigOf(endpoint, pathOf(phase, type.plural)),
        rules: [ruleOf(type, operations)],
        ...conditionsOf({
          changed: judged && changes(judged),
          incomplete: phase === "mutate" ? unlessCreatedBy(ownUser, complete) : undefined,
          foreign: phase === "validate" ? unlessCreatedBy(ownUser, own) : undefined,
        }),
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

/** CEL: whatever others write, and what Fairlead itself does unless it creates such. */
function unlessCreatedBy(ownUser: string | undefined, such: string | undefined): string | undefined {
  if (ownUser === undefined || such === undefined) return undefined;
  return `request.userInfo.username != ${JSON.stringify(ownUser)} || !(request.operation == 'CREATE' && ${such})`;
}

/** What has to hold for the webhook to be asked; what is undefined or empty does not count. */
function conditionsOf(expressions: Record<string, string | undefined>): Pick<Webhook, "matchConditions"> {
  const matchConditions = Object.entries(expressions).flatMap(([name, expression]) =>
    expression ? [{ name, expression }] : [],
  );
  return matchConditions.length > 0 ? { matchConditions } : {};
}

/**
 * Is told of writes and notes them. Deleting is to be possible without Fairlead, and writes that it judges fail without it
 * anyhow: so one that it cannot be told of goes on. One that it cannot note is refused.
 */
function observer(type: ResourceType, { endpoint, ownUser }: { endpoint: WebhookEndpoint; ownUser: string }): Webhook {
  return {
    name: `${type.plural}.audit.fairlead.dev`,
    clientConfig: clientConfigOf(endpoint, observerPath(type.plural)),
    rules: [ruleOf(type, [...writes, "DELETE"])],
    matchConditions: [
      { name: "others", expression: `request.userInfo.username != ${JSON.stringify(ownUser)}` },
      { name: "stored", expression: "!(has(request.dryRun) && request.dryRun)" },
    ],
    failurePolicy: "Ignore",
    matchPolicy: "Equivalent",
    sideEffects: "NoneOnDryRun",
    timeoutSeconds: 5,
    admissionReviewVersions: ["v1"],
  };
}

/** CEL: whether the write creates something, or changes one of the fields. */
function changes(fields: readonly string[]): string {
  const value = (object: string, field: string) => `(has(${object}.${field}) ? ${object}.${field} : null)`;
  const differ = fields.map((field) => `${value("object", field)} != ${value("oldObject", field)}`);
  return ["request.operation != 'UPDATE'", ...differ].join(" || ");
}

function ruleOf(type: ResourceType, operations: readonly Operation[]): NonNullable<Webhook["rules"]>[number] {
  return {
    operations: [...operations],
    apiGroups: [type.group],
    apiVersions: [type.version],
    resources: [type.plural],
    scope: type.namespaced ? "Namespaced" : "Cluster",
  };
}

function clientConfigOf(endpoint: WebhookEndpoint, path: string): Webhook["clientConfig"] {
  const address = "url" in endpoint ? { url: `${endpoint.url}${path}` } : { service: { ...endpoint.service, path } };
  return { ...address, caBundle: Buffer.from(endpoint.authority).toString("base64") };
}

function metaOf({ apiVersion, kind }: ResourceType) {
  return { apiVersion, kind, metadata: { name: "fairlead.dev" } };
}
