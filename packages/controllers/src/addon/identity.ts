/**
 * What tells one cluster from another of the same network: its id, and where its API server and tunnels are. Charts write it
 * into their objects as it is, so they are rendered once with placeholders, which then become each cluster's own: to run helm for
 * each cluster would cost more than all the rest. Pure.
 * @module
 */
import { createHash } from "node:crypto";
import type { KubeObject } from "@fairlead/kube";

export interface Anonymous {
  /** The same for all clusters whose networks are alike. */
  values: Record<string, unknown>;
  /** What was rendered from them, for this cluster. Objects in which nothing of it stands are those of the rendering. */
  restore(objects: readonly KubeObject[]): readonly KubeObject[];
}

type Path = readonly string[];

/** Names and ports that nothing real has. */
const texts: readonly (readonly [Path, string])[] = [
  [["id"], "fairlead-id-placeholder"],
  [["apiServer", "host"], "api-host.placeholder.invalid"],
  [["apiServer", "url"], "https://api-url.placeholder.invalid"],
  [["tunnel", "konnectivity", "host"], "konnectivity-host.placeholder.invalid"],
  [["tunnel", "openvpn", "host"], "openvpn-host.placeholder.invalid"],
];
const ports: readonly (readonly [Path, number])[] = [
  [["apiServer", "port"], 64_901],
  [["tunnel", "konnectivity", "port"], 64_902],
  [["tunnel", "openvpn", "port"], 64_903],
];
const anyPlaceholder = new RegExp(
  [...texts.map(([, text]) => text.replaceAll(".", "\\.")), ...ports.map(([, port]) => `\\b${port}\\b`)].join("|"),
  "g",
);

/** What names, hosts and addresses are made of: as the schema of the add-on charts has it. */
const plain = /^[0-9A-Za-z.:/[\]_+-]*$/;

/** Undefined if the values have a placeholder's form themselves, or are not a cluster's: then they are rendered as they are. */
export function anonymize(values: Readonly<Record<string, unknown>>): Anonymous | undefined {
  if (!isRecord(values.cluster) || JSON.stringify(values).search(anyPlaceholder) >= 0) return undefined;
  const cluster = structuredClone(values.cluster);
  const own = new Map<string, string>();
  for (const [path, placeholder] of [...texts, ...ports]) {
    const parent = path
      .slice(0, -1)
      .reduce<unknown>((inner, key) => (isRecord(inner) ? inner[key] : undefined), cluster);
    const key = path.at(-1) ?? "";
    // What is empty is missing, and the chart says so.
    const value = isRecord(parent) ? parent[key] : undefined;
    if (!isRecord(parent) || !value || typeof value !== typeof placeholder) continue;
    // The chart's schema sees placeholders only: what it would refuse must not take that way.
    if (typeof value === "string" && !plain.test(value)) return undefined;
    own.set(`${placeholder}`, insideJson(value));
    parent[key] = placeholder;
  }
  return { values: { ...values, cluster }, restore: (objects) => restore(objects, own) };
}

function restore(objects: readonly KubeObject[], own: ReadonlyMap<string, string>): readonly KubeObject[] {
  const used = new Set<string>();
  const restored = objects.map((object) => {
    const text = textOf(object);
    if (text.search(anyPlaceholder) < 0) return object;
    const filled = text.replace(anyPlaceholder, (placeholder) => {
      const value = own.get(placeholder) ?? placeholder;
      used.add(value);
      return value;
    });
    return JSON.parse(filled) as KubeObject;
  });
  return used.size === 0 ? objects : restored.map((object) => withChecksums(object, [...used].sort()));
}

const renderedTexts = new WeakMap<KubeObject, string>();

function textOf(object: KubeObject): string {
  const known = renderedTexts.get(object);
  if (known !== undefined) return known;
  const text = JSON.stringify(object);
  renderedTexts.set(object, text);
  return text;
}

const checksum = /^checksum\//;

/** Pods start again when their configuration changes, by a hash of it; the rendering's hash does not know this cluster. */
function withChecksums(object: KubeObject, used: readonly string[]): KubeObject {
  const { spec } = object as { spec?: { template?: { metadata?: { annotations?: Record<string, string> } } } };
  const annotations = spec?.template?.metadata?.annotations;
  if (!annotations || !Object.keys(annotations).some((key) => checksum.test(key))) return object;
  const copy = structuredClone(object) as typeof object & { spec: { template: { metadata: object } } };
  copy.spec.template.metadata = {
    ...copy.spec.template.metadata,
    annotations: Object.fromEntries(
      Object.entries(annotations).map(([key, value]) => [key, checksum.test(key) ? hash([value, ...used]) : value]),
    ),
  };
  return copy;
}

function hash(parts: readonly string[]): string {
  return createHash("sha256").update(parts.join("\n")).digest("hex");
}

function insideJson(value: unknown): string {
  const text = JSON.stringify(value);
  return typeof value === "string" ? text.slice(1, -1) : text;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
