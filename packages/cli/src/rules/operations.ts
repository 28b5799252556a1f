import {
  type Catalogue,
  type CiliumCluster,
  cniTransition,
  defaultClusterSpec,
  type FieldError,
  managedCiliumValues,
  parseVersion,
  prepareUpdate,
  providers,
  typeProblems,
  type Verdict,
  validateCiliumValuesUpdate,
  validateCreate,
  validateUpdate,
} from "@fairlead/network";
import { flag, type Json, object, optionalObject, optionalText, RequestError, text } from "./request.ts";
import { situationOf } from "./situation.ts";

/** One line of output. */
export interface Answer {
  readonly ok: boolean;
  readonly op?: string;
  readonly errors?: readonly FieldError[];
  readonly warnings?: Verdict["warnings"];
  readonly result?: unknown;
  /** Of a line that is no request, or cannot be answered. */
  readonly error?: string;
}

/** @throws RequestError if the request is not one of this operation */
type Operation = (request: Json, catalogue: Catalogue) => Omit<Answer, "op">;

/**
 * Rules about spec.version that concern the control plane and not the network; a name for people, or a version, is not
 * needed either to judge a network.
 */
const besideTheNetwork = new Set([
  "name-required",
  "kubernetes-version-required",
  "kubernetes-downgrade",
  "kubernetes-minor-skip",
]);

/** The operations by their names in requests. */
export const operations: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ["default-network", defaultNetwork],
  ["validate-create", judgeCreation],
  ["validate-update", judgeUpdate],
  ["cni-transition", judgeTransition],
  ["cilium-values", ciliumValues],
  ["cilium-values-update", judgeValuesUpdate],
]);

/** What the defaults of the network are made from. */
const networkComesFrom = /^spec\.(cniPlugin|clusterNetwork|exposeStrategy|version)\b/;

function defaultNetwork(request: Json, catalogue: Catalogue): Omit<Answer, "op"> {
  const spec = object(request, "spec");
  const problems = typeProblems(spec).filter(({ field }) => networkComesFrom.test(field));
  if (problems.length > 0)
    throw new RequestError(problems.map(({ field, message }) => `${field}: ${message}`).join("; "));
  const name = optionalText(request, "provider");
  // The provider that is asked for counts, whatever the spec's cloud says; one that nobody knows has no rules of its own.
  const asked = name === undefined ? spec : { ...spec, cloud: undefined };
  const provider = providers.get(name ?? "")?.name;
  const situation = situationOf(catalogue, asked);
  const context = provider === undefined ? situation : { ...situation, provider };
  return { ok: true, result: defaultClusterSpec<Json>(asked, context).spec.clusterNetwork };
}

function judgeCreation(request: Json, catalogue: Catalogue): Omit<Answer, "op"> {
  const given = object(request, "spec");
  const context = situationOf(catalogue, given);
  if (!flag(request, "default")) return verdict(validateCreate(given, context));
  const { spec } = defaultClusterSpec(given, context);
  return { ...verdict(validateCreate(spec, context)), result: spec };
}

function judgeUpdate(request: Json, catalogue: Catalogue): Omit<Answer, "op"> {
  const old = { spec: object(request, "old"), labels: optionalObject(request, "oldLabels") as Record<string, string> };
  const next = { spec: object(request, "new"), labels: optionalObject(request, "newLabels") as Record<string, string> };
  const context = situationOf(catalogue, next.spec);
  if (!flag(request, "default")) return verdict(validateUpdate(old, next, context));
  const { spec } = prepareUpdate(old, next, context);
  return { ...verdict(validateUpdate(old, { ...next, spec }, context)), result: spec };
}

function verdict({ errors, warnings }: Verdict): Pick<Answer, "ok" | "errors" | "warnings"> {
  const own = errors.length === 0 ? errors : errors.filter(concernsNetwork);
  return { ok: own.length === 0, errors: own, warnings };
}

function concernsNetwork({ code, field }: FieldError): boolean {
  return !besideTheNetwork.has(code) && field !== "spec.humanReadableName";
}

function judgeTransition(request: Json, catalogue: Catalogue): Omit<Answer, "op"> {
  const kubernetes = optionalText(request, "k8s");
  const input = {
    type: text(request, "type"),
    old: text(request, "old"),
    next: text(request, "new"),
    labels: optionalObject(request, "labels"),
    ...(kubernetes ? { kubernetes } : {}),
  };
  const { warnings, ...result } = cniTransition(input, catalogue);
  const { allowed, code, message } = result;
  const field = code === "cni-type-unknown" ? "spec.cniPlugin.type" : "spec.cniPlugin.version";
  const value = code === "cni-type-unknown" ? input.type : input.next;
  const reason = code === "cni-version-step" ? "FieldValueForbidden" : "FieldValueNotSupported";
  const errors: FieldError[] = allowed ? [] : [{ reason, field, value, message, code, stricter: false }];
  return { ok: allowed, errors, warnings, result };
}

function ciliumValues(request: Json, catalogue: Catalogue): Omit<Answer, "op"> {
  const cluster = object(request, "cluster");
  const overwriteRegistry = optionalText(request, "overwriteRegistry");
  requireCilium(object(cluster, "spec"), catalogue);
  requireAddress(optionalObject(optionalObject(cluster, "status"), "address"));
  const options = overwriteRegistry === undefined ? {} : { overwriteRegistry };
  try {
    return { ok: true, result: managedCiliumValues(cluster as unknown as CiliumCluster, options).values };
  } catch (cause) {
    throw new RequestError(`cluster.${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** What Helm values cannot be made without. Versions that the catalogue does not have get their chart's values, too. */
const neededForValues = new Set(["field-type", "pods-required", "cidr-syntax", "cidr-ipv4-mapped"]);
const valuesComeFrom = /^spec\.(cniPlugin|clusterNetwork|componentsOverride)\b/;

function requireCilium(spec: Json, catalogue: Catalogue): void {
  const { errors } = validateCreate(spec, situationOf(catalogue, spec));
  const problems = errors
    .filter(({ code, field }) => neededForValues.has(code) && valuesComeFrom.test(field))
    .map(({ field, message }) => `cluster.${field}: ${message}`);
  const { type, version } = optionalObject(spec, "cniPlugin");
  if (type !== "cilium") problems.push("cluster.spec.cniPlugin.type: expected cilium");
  if (typeof version !== "string" || parseVersion(version) === undefined) {
    problems.push("cluster.spec.cniPlugin.version: expected a version of Cilium, like 1.19.4");
  }
  if (problems.length > 0) throw new RequestError(problems.join("; "));
}

function requireAddress({ externalName, port }: Json): void {
  if (externalName !== undefined && externalName !== null && typeof externalName !== "string") {
    throw new RequestError("cluster.status.address.externalName: expected a string");
  }
  if (port !== undefined && port !== null && !Number.isSafeInteger(port)) {
    throw new RequestError("cluster.status.address.port: expected an integer");
  }
}

function judgeValuesUpdate(request: Json): Omit<Answer, "op"> {
  const version = optionalText(request, "version");
  const edit = { old: object(request, "old"), next: object(request, "new") };
  const errors = validateCiliumValuesUpdate(version === undefined ? edit : { ...edit, version });
  return { ok: errors.length === 0, errors };
}
