import { loadCatalogue } from "../catalogue/load.ts";
import type { JsonObject } from "../json.ts";
import type { ProviderName } from "../providers.ts";
import type { RuleContext } from "../types.ts";

/** What the rules know in tests, unless a test says otherwise. */
export function contextFor(provider: ProviderName = "bringyourown", changes: Partial<RuleContext> = {}): RuleContext {
  return {
    catalogue: loadCatalogue("current"),
    kubernetesVersions: ["1.25.16", "1.30.9", "1.33.5", "1.35.4", "1.36.3"],
    datacenter: { name: `${provider}-dc`, provider, ipv6Enabled: true, region: "r" },
    ...changes,
  };
}

/** The least that a cluster must say. */
export function minimalSpec(provider: ProviderName = "bringyourown"): JsonObject {
  return { humanReadableName: "c", version: "1.36.3", cloud: { dc: `${provider}-dc`, [provider]: {} } };
}

/** A copy of the spec with fields set by dotted path below `spec`; undefined removes one. */
export function withFields(spec: JsonObject, fields: Record<string, unknown>): JsonObject {
  const copy = structuredClone(spec);
  for (const [path, value] of Object.entries(fields)) {
    const keys = path.split(".");
    const last = keys.pop() ?? "";
    const parent = keys.reduce<JsonObject>((node, key) => {
      node[key] ??= {};
      return node[key] as JsonObject;
    }, copy);
    if (value === undefined) delete parent[last];
    else parent[last] = value;
  }
  return copy;
}
