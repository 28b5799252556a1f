/** Options every call takes. */
export interface CallOptions {
  signal?: AbortSignal;
}

export interface WriteOptions extends CallOptions {
  /** Runs admission and validation, stores nothing. */
  dryRun?: boolean;
  fieldManager?: string;
  /** What happens to fields the schema does not know; the server's default is `Warn`. */
  fieldValidation?: "Ignore" | "Warn" | "Strict";
}

export interface PatchOptions extends WriteOptions {
  subresource?: string;
}

export interface ApplyOptions extends WriteOptions {
  fieldManager: string;
  /** Take fields over from other managers instead of failing with Conflict. */
  force?: boolean;
  subresource?: string;
}

export interface DeleteOptions extends CallOptions {
  propagationPolicy?: "Background" | "Foreground" | "Orphan";
  preconditions?: { uid?: string; resourceVersion?: string };
  gracePeriodSeconds?: number;
  dryRun?: boolean;
}

export interface ListOptions extends CallOptions {
  /** Left out: all namespaces. */
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
  /** Objects a page; default 500. */
  limit?: number;
  /** `"0"` accepts what the server's watch cache has; left out reads the newest. */
  resourceVersion?: string;
  /** Nothing of an object but `apiVersion`, `kind` and `metadata` (`PartialObjectMetadata`). */
  metadataOnly?: boolean;
}

export interface WatchOptions extends CallOptions {
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
  resourceVersion?: string;
  timeoutSeconds?: number;
}

export interface Patch {
  /** `merge`: RFC 7396; `json`: RFC 6902. */
  type: "merge" | "json";
  body: unknown;
}

export type Query = Record<string, string | number | boolean | undefined>;

export function writeQuery(options: WriteOptions = {}): Query {
  return {
    dryRun: options.dryRun ? "All" : undefined,
    fieldManager: options.fieldManager,
    fieldValidation: options.fieldValidation,
  };
}

export function searchString(query: Query = {}): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) params.set(name, String(value));
  }
  const text = params.toString();
  return text ? `?${text}` : "";
}
