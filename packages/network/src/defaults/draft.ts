import { isObject, type JsonObject, valueAt } from "../json.ts";
import { type Provider, providers, standardProvider } from "../providers.ts";
import type { RuleContext } from "../types.ts";
import { type MinorNumber, minorNumber } from "../versions.ts";
import { namedProviders } from "./layers.ts";

/** A spec in the making. Rules read it as it is so far; what it was made from is never written to. */
export class Draft {
  readonly spec: JsonObject;
  readonly context: RuleContext;
  /** The name of the provider, if the spec's cloud or the datacenter names exactly one. */
  readonly providerName: string | undefined;
  readonly provider: Omit<Provider, "name">;
  readonly kubernetesMinor: MinorNumber;
  readonly #base: JsonObject;

  constructor(base: JsonObject, context: RuleContext) {
    this.#base = base;
    this.spec = { ...base };
    this.context = context;
    this.providerName = providerNameOf(base, context);
    this.provider = (this.providerName && providers.get(this.providerName)) || standardProvider;
    this.kubernetesMinor = typeof base.version === "string" ? minorNumber(base.version) : Number.NaN;
  }

  get(path: readonly string[]): unknown {
    return valueAt(this.spec, path);
  }

  /** The field as text; undefined if it holds anything else. */
  text(path: readonly string[]): string | undefined {
    const value = this.get(path);
    return typeof value === "string" ? value : undefined;
  }

  /** The list's texts; other entries are left out. */
  texts(path: readonly string[]): readonly string[] {
    const value = this.get(path);
    return Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : [];
  }

  /** Sets a field, making the objects on the way. False if something else stands where an object should be. */
  set(path: readonly string[], value: unknown): boolean {
    let node = this.spec;
    let base: unknown = this.#base;
    const last = path.length - 1;
    for (let depth = 0; depth < last; depth++) {
      const key = path[depth] ?? "";
      const child = node[key];
      const original = isObject(base) ? base[key] : undefined;
      if (child === undefined || child === null) node[key] = {};
      else if (!isObject(child)) return false;
      else if (child === original) node[key] = { ...child };
      node = node[key] as JsonObject;
      base = original;
    }
    node[path[last] ?? ""] = value;
    return true;
  }
}

function providerNameOf(spec: JsonObject, context: RuleContext): string | undefined {
  const named = isObject(spec.cloud) ? namedProviders(spec.cloud) : [];
  return named.length === 1 ? named[0] : (context.provider ?? context.datacenter?.provider);
}
