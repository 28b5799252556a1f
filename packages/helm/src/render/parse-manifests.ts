import type { KubeObject } from "@fairlead/kube";
import { parseAllDocuments, type Tags } from "yaml";
import { HelmError } from "../runner/helm-error.ts";

export interface RenderedChart {
  /** In the order helm prints them, CRDs of `crds/` first. */
  objects: readonly KubeObject[];
  /** Objects with annotation `helm.sh/hook`; whoever applies without helm decides what becomes of them. */
  hooks: readonly KubeObject[];
}

/**
 * The objects of `helm template`'s output, deeply frozen: one rendering serves many clusters.
 * @param options `uniqueKeys: false` for what others wrote: the library compares each key with each
 * @throws HelmError `render-failed` naming the template
 */
export function parseManifests(chart: string, output: string, { uniqueKeys = true } = {}): RenderedChart {
  const objects: KubeObject[] = [];
  const hooks: KubeObject[] = [];
  for (const document of parseAllDocuments(output, { version: "1.1", customTags: likeKubernetes, uniqueKeys })) {
    const source =
      /^ Source: (\S+)/m.exec(document.commentBefore ?? document.contents?.commentBefore ?? "")?.[1] ?? chart;
    const [error] = document.errors;
    if (error) throw invalid(source, error.message.split("\n")[0] ?? error.code);
    const object: unknown = document.toJS();
    if (object === null || object === undefined) continue;
    if (!isKubeObject(object)) throw invalid(source, "apiVersion, kind and metadata.name are required");
    (object.metadata.annotations?.["helm.sh/hook"] ? hooks : objects).push(deepFreeze(object));
  }
  return Object.freeze({ objects: Object.freeze(objects), hooks: Object.freeze(hooks) });
}

/** Kubernetes reads YAML 1.1 (`0644` is octal, `yes` a boolean) without its base-60 numbers and dates. */
function likeKubernetes(tags: Tags): Tags {
  const unknown = new Set(["intTime", "floatTime", "timestamp", "binary", "omap", "pairs", "set"]);
  return tags.filter((tag) =>
    typeof tag === "string" ? !unknown.has(tag) : tag.tag !== "tag:yaml.org,2002:timestamp" && tag.format !== "TIME",
  );
}

function invalid(source: string, reason: string): HelmError {
  return new HelmError("render-failed", `${source}: ${reason}`, { command: "template" });
}

function isKubeObject(value: unknown): value is KubeObject {
  if (typeof value !== "object" || value === null) return false;
  const { apiVersion, kind, metadata } = value as Partial<Record<keyof KubeObject, unknown>>;
  if (typeof apiVersion !== "string" || typeof kind !== "string") return false;
  return typeof metadata === "object" && metadata !== null && "name" in metadata && typeof metadata.name === "string";
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  for (const item of Object.values(value)) deepFreeze(item);
  return Object.freeze(value);
}
