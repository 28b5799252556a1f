import { type CiliumMode, entriesOf, isLegacyChart, type ManagedKey, managedKeys } from "./cilium-values.ts";
import { isObject, type JsonObject, valueAt } from "./json.ts";
import { type FieldError, type Finding, invalid, required } from "./validation/rule.ts";

/** An edit of the Helm values of Cilium's installation; the values are any JSON. */
export interface CiliumValuesUpdate {
  readonly old: unknown;
  readonly next: unknown;
  /** The chart's. Absent: what the values look like tells its generation. */
  readonly version?: string;
  /** The paths that Fairlead is known to manage in this installation, beside those that always are. */
  readonly managed?: readonly (readonly string[])[];
}

const ROOT = "spec.values";

/** Parts of the values that are Fairlead's as a whole: no key may be added to them either. */
const subtrees: readonly { readonly path: string; readonly reason: string }[] = [
  { path: "cni", reason: "how Cilium installs itself on the nodes belongs to the platform" },
  { path: "ipam", reason: "pods get addresses from spec.clusterNetwork of the cluster" },
  { path: "ipv6", reason: "spec.clusterNetwork of the cluster decides on dual stack" },
  { path: "operator.securityContext", reason: "containers run with the runtime's default seccomp profile" },
];

/** Values that are nested deeper than any chart's are compared as they are. */
const DEEPEST = 32;

/** Fairlead's whenever there is Cilium, and never absent. */
const needed = { always: ["kubeProxyReplacement"], replacingKubeProxy: ["k8sServiceHost", "k8sServicePort"] };

/**
 * Whether a user may make this edit: every key that Fairlead manages stays as it is (ruling 14), all else is free. Errors
 * name the key: `spec.values.cni.exclusive`. `null` is absent, and texts count as the number or flag that they spell, as
 * they do in the chart. Never throws.
 */
export function validateCiliumValuesUpdate(update: CiliumValuesUpdate): readonly FieldError[] {
  const { next } = update;
  if (!isObject(next)) return [error("cilium-values-type", invalid(ROOT, next, "expected an object of Helm values"))];
  const old = isObject(update.old) ? update.old : {};
  const mode = modeOf(old, update.version);
  const reported = new Set<string>();
  const errors: FieldError[] = [];
  const report = (path: readonly string[], finding: Finding, code: string) => {
    if (!reported.has(path.join("."))) errors.push(error(code, finding));
    reported.add(path.join("."));
  };
  for (const key of replacesKubeProxy(next) ? [...needed.always, ...needed.replacingKubeProxy] : needed.always) {
    if (next[key] !== undefined && next[key] !== null) continue;
    report(
      [key],
      required(`${ROOT}.${key}`, "the key cannot be removed: Fairlead manages it"),
      "cilium-value-required",
    );
  }
  for (const key of managedKeys) {
    if (!isManaged(key, mode, update.managed)) continue;
    const finding =
      key.sharedEntry === undefined ? change(key.keys, { old, next, reason: key.reason }) : loss(key, old, next);
    if (finding !== undefined) report(key.keys, finding, "cilium-value-managed");
  }
  for (const { path, reason } of subtrees) {
    for (const leaf of differences(path.split("."), old, next)) {
      const finding = change(leaf, { old, next, reason });
      if (finding !== undefined) report(leaf, finding, "cilium-value-managed");
    }
  }
  if (!isObject(next.operator)) {
    report(
      ["operator"],
      invalid(`${ROOT}.operator`, next.operator, "expected an object: Fairlead manages keys of it"),
      "cilium-values-type",
    );
  }
  return errors;
}

function error(code: string, finding: Finding): FieldError {
  return { ...finding, code, stricter: false };
}

/** The generation of the chart and the proxy mode, as the values that there are show them. */
function modeOf(values: JsonObject, version: string | undefined): CiliumMode {
  const { kubeProxyReplacement } = values;
  const legacy =
    version === undefined
      ? kubeProxyReplacement === "strict" || kubeProxyReplacement === "disabled"
      : isLegacyChart(version);
  return { ebpf: replacesKubeProxy(values), legacy };
}

function replacesKubeProxy({ kubeProxyReplacement }: JsonObject): boolean {
  return kubeProxyReplacement === "strict" || kubeProxyReplacement === "true" || kubeProxyReplacement === true;
}

function isManaged({ path, when, conditional }: ManagedKey, mode: CiliumMode, known: CiliumValuesUpdate["managed"]) {
  if (known?.some((other) => other.join(".") === path)) return true;
  return conditional !== true && (when === undefined || when(mode));
}

function change(
  path: readonly string[],
  { old, next, reason }: { old: JsonObject; next: JsonObject; reason: string },
): Finding | undefined {
  const [before, after] = [valueAt(old, path), valueAt(next, path)];
  if (isSame(before, after)) return undefined;
  const expected = before === undefined || before === null ? "no value" : JSON.stringify(before);
  return invalid(`${ROOT}.${path.join(".")}`, after, `value is immutable: expected ${expected}, since ${reason}`);
}

/** Fairlead's entry of a list that is missing after the edit. */
function loss(
  { path, keys, reason, sharedEntry = "" }: ManagedKey,
  old: JsonObject,
  next: JsonObject,
): Finding | undefined {
  const after = valueAt(next, keys);
  if (!entriesOf(valueAt(old, keys)).includes(sharedEntry) || entriesOf(after).includes(sharedEntry)) return undefined;
  return invalid(`${ROOT}.${path}`, after, `expected ${sharedEntry} to stay in the list, since ${reason}`);
}

/** The paths below (or at) this one that hold something else than before. Lists are compared as a whole. */
function differences(root: readonly string[], old: JsonObject, next: JsonObject): (readonly string[])[] {
  const found: (readonly string[])[] = [];
  const pending: (readonly string[])[] = [root];
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    const [before, after] = [valueAt(old, path), valueAt(next, path)];
    const keys = new Set([...keysOf(before), ...keysOf(after)]);
    const comparable =
      path.length < DEEPEST &&
      [before, after].every((value) => isObject(value) || value === undefined || value === null);
    if (comparable && keys.size > 0) for (const key of keys) pending.push([...path, key]);
    else if (!isSame(before, after)) found.push(path);
  }
  return found.toSorted((a, b) => (a.join(".") < b.join(".") ? -1 : 1));
}

function keysOf(value: unknown): readonly string[] {
  return isObject(value) ? Object.keys(value) : [];
}

function isSame(a: unknown, b: unknown): boolean {
  const [left, right] = [a ?? undefined, b ?? undefined];
  if (left === undefined || right === undefined) return left === right;
  return textOf(left) === textOf(right);
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  try {
    return JSON.stringify(value) ?? "";
  } catch {
    return "nested too deeply"; // No chart's value, and the same text for all of them: Helm refuses it anyway.
  }
}
