import type { KubeObject, ObjectRef } from "../objects.ts";
import { collectionPath, creationPath, objectPath, type ResourceType } from "../resource-types.ts";
import { isExpired, isNotFound } from "../status-error.ts";
import { parseKubeconfig } from "./kubeconfig.ts";
import {
  type ApplyOptions,
  type CallOptions,
  type DeleteOptions,
  type ListOptions,
  type Patch,
  type PatchOptions,
  type WatchOptions,
  type WriteOptions,
  writeQuery,
} from "./options.ts";
import { RestMapper } from "./rest-mapper.ts";
import { type HttpRequest, Transport, type TransportOptions } from "./transport.ts";
import { readWatchStream, type WatchEvent } from "./watch-stream.ts";

export type KubeClientOptions = TransportOptions;

export interface ListPage<T> {
  items: T[];
  resourceVersion: string;
}

export type ObjectList<T> = ListPage<T>;

const defaultPageSize = 500;
const metadataLists = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
const patchContentTypes = { merge: "application/merge-patch+json", json: "application/json-patch+json" } as const;

/**
 * Typed access to one API server. Every method throws `StatusError` when the server refuses, `ConnectionError` when
 * it does not answer, and the signal's reason when aborted.
 */
export class KubeClient {
  readonly #transport: Transport;
  readonly #mapper: RestMapper;
  readonly #separate = new Set<KubeClient>();

  constructor(options: KubeClientOptions) {
    this.#transport = new Transport(options);
    this.#mapper = new RestMapper(this.#transport);
  }

  /** From a kubeconfig with embedded credentials; see `parseKubeconfig`. */
  static fromKubeconfig(
    text: string,
    options?: { context?: string } & Pick<
      KubeClientOptions,
      "userAgent" | "onWarning" | "maxConnections" | "idleMs" | "onAnswer" | "onWrite" | "timeoutMs"
    >,
  ): KubeClient {
    const { context, ...rest } = options ?? {};
    return new KubeClient({ ...parseKubeconfig(text, context), ...rest });
  }

  /**
   * A client for the same server with connections of its own: its calls never wait for this one's. It gets renewed
   * credentials with this one, and is closed by itself.
   */
  separate(): KubeClient {
    const client = new KubeClient(this.#transport.options);
    this.#separate.add(client);
    return client;
  }

  /** Takes the credentials of a newer kubeconfig for the same server, for every connection that is made from now on. */
  renew(kubeconfig: string): void {
    const { ca, cert, key } = parseKubeconfig(kubeconfig);
    this.#transport.renew({ ...(ca ? { ca } : {}), ...(cert ? { cert } : {}), ...(key ? { key } : {}) });
    for (const client of this.#separate) client.renew(kubeconfig);
  }

  /** Gives back what connections need while nothing is asked; the next calls make it anew, one after the other until `rouse`. */
  rest(): void {
    this.#transport.rest();
  }

  /** From now on calls are made side by side again. */
  rouse(): void {
    this.#transport.rouse();
  }

  /** Base URL of the API server. */
  get server(): string {
    return this.#transport.server;
  }

  get<T extends KubeObject>(type: ResourceType<T>, ref: ObjectRef, options?: CallOptions): Promise<T> {
    return this.request({ method: "GET", path: objectPath(type, ref), ...options });
  }

  /** Like `get`, but undefined if there is no such object, or the server does not know its kind. */
  async find<T extends KubeObject>(
    type: ResourceType<T>,
    ref: ObjectRef,
    options?: CallOptions,
  ): Promise<T | undefined> {
    try {
      return await this.get(type, ref, options);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** All pages as one list; begins anew, once, if the pages expire while they are read. */
  async list<T extends KubeObject>(type: ResourceType<T>, options?: ListOptions): Promise<ObjectList<T>> {
    try {
      return await this.#collect(type, options);
    } catch (error) {
      if (!isExpired(error)) throw error;
      return await this.#collect(type, options);
    }
  }

  /** Page by page, all of the same resourceVersion. @throws StatusError 410 if the list expires meanwhile */
  async *pages<T extends KubeObject>(type: ResourceType<T>, options: ListOptions = {}): AsyncGenerator<ListPage<T>> {
    const { signal, namespace, limit = defaultPageSize, resourceVersion, metadataOnly, ...selectors } = options;
    const path = collectionPath(type, namespace);
    const headers: Record<string, string> = metadataOnly ? { accept: metadataLists } : {};
    let token: string | undefined;
    do {
      // A continue token holds the resourceVersion; the server refuses both together.
      const query = { ...selectors, limit, continue: token, resourceVersion: token ? undefined : resourceVersion };
      const list = await this.request<WireList<T>>({ method: "GET", path, query, headers, signal });
      for (const item of list.items) {
        item.apiVersion = type.apiVersion; // Built-in kinds leave both out of list items, and metadata alone is of a kind of its own.
        item.kind = type.kind;
      }
      token = list.metadata.continue || undefined;
      yield { items: list.items, resourceVersion: list.metadata.resourceVersion };
    } while (token);
  }

  create<T extends KubeObject>(type: ResourceType<T>, object: T, options: WriteOptions = {}): Promise<T> {
    return this.request({
      method: "POST",
      path: creationPath(type, object.metadata.namespace),
      query: writeQuery(options),
      body: withType(type, object),
      signal: options.signal,
    });
  }

  /** Conflict if `metadata.resourceVersion` is set and no longer current. */
  replace<T extends KubeObject>(type: ResourceType<T>, object: T, options?: WriteOptions): Promise<T> {
    return this.#put(type, object, options);
  }

  replaceStatus<T extends KubeObject>(type: ResourceType<T>, object: T, options?: WriteOptions): Promise<T> {
    return this.#put(type, object, { ...options, subresource: "status" });
  }

  patch<T extends KubeObject>(
    type: ResourceType<T>,
    ref: ObjectRef,
    patch: Patch,
    options: PatchOptions = {},
  ): Promise<T> {
    return this.request({
      method: "PATCH",
      path: objectPath(type, ref, options.subresource),
      query: writeQuery(options),
      headers: { "content-type": patchContentTypes[patch.type] },
      body: patch.body,
      signal: options.signal,
    });
  }

  mergePatch<T extends KubeObject>(
    type: ResourceType<T>,
    ref: ObjectRef,
    body: unknown,
    options?: PatchOptions,
  ): Promise<T> {
    return this.patch(type, ref, { type: "merge", body }, options);
  }

  /** `body` as the object would hold it: `{ status: { … } }`. */
  mergePatchStatus<T extends KubeObject>(
    type: ResourceType<T>,
    ref: ObjectRef,
    body: unknown,
    options?: WriteOptions,
  ): Promise<T> {
    return this.mergePatch(type, ref, body, { ...options, subresource: "status" });
  }

  /** Server-side apply. @throws StatusError Conflict if another manager owns a field and `force` is not set */
  apply<T extends KubeObject>(type: ResourceType<T>, object: T, options: ApplyOptions): Promise<T> {
    const { name, namespace } = object.metadata;
    if (!name) throw new TypeError(`metadata.name: required to apply this ${type.kind}`);
    return this.request({
      method: "PATCH",
      path: objectPath(type, { name, namespace }, options.subresource),
      query: { ...writeQuery(options), force: options.force },
      headers: { "content-type": "application/apply-patch+yaml" },
      body: withType(type, object),
      signal: options.signal,
    });
  }

  /** Asks for deletion; finalizers may keep the object for a while. @throws StatusError NotFound */
  async delete<T extends KubeObject>(
    type: ResourceType<T>,
    ref: ObjectRef,
    options: DeleteOptions = {},
  ): Promise<void> {
    const { signal, dryRun, ...body } = options;
    await this.request({
      method: "DELETE",
      path: objectPath(type, ref),
      // In the body: where there is one, the server takes no options from the query.
      body: { apiVersion: "v1", kind: "DeleteOptions", ...body, ...(dryRun ? { dryRun: ["All"] } : {}) },
      signal,
    });
  }

  /** Like `delete`; false if there was nothing to delete. */
  async deleteIfExists<T extends KubeObject>(
    type: ResourceType<T>,
    ref: ObjectRef,
    options?: DeleteOptions,
  ): Promise<boolean> {
    try {
      await this.delete(type, ref, options);
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }

  /**
   * Events in order, in batches; ends when the server ends the watch. Most callers want an `Informer`.
   * @throws StatusError for a refusal and for an ERROR event alike
   */
  async *watch<T extends KubeObject>(
    type: ResourceType<T>,
    options: WatchOptions = {},
  ): AsyncGenerator<WatchEvent<T>[]> {
    const { signal, namespace, ...rest } = options;
    const query = { ...rest, watch: true, allowWatchBookmarks: true };
    const path = collectionPath(type, namespace);
    yield* readWatchStream<T>(this.#transport.stream({ method: "GET", path, query, signal }));
  }

  /** Raw escape hatch: JSON in, JSON out. */
  async request<T = unknown>(request: HttpRequest): Promise<T> {
    const text = await this.#transport.send(request);
    return (text === "" ? undefined : JSON.parse(text)) as T;
  }

  /** Raw text, for what is no JSON: `/readyz`, `/metrics`, pod logs. */
  requestText(request: HttpRequest): Promise<string> {
    return this.#transport.send(request);
  }

  /**
   * The resource of a kind, by discovery; cached, read anew once when it is missing.
   * @throws NoKindMatchError if the server does not serve the kind
   */
  resourceFor(apiVersion: string, kind: string, options?: CallOptions): Promise<ResourceType> {
    return this.#mapper.resourceFor(apiVersion, kind, options?.signal);
  }

  /** Like `resourceFor`, in the version the server prefers; undefined if it does not serve the kind. */
  preferredResourceFor(group: string, kind: string, options?: CallOptions): Promise<ResourceType | undefined> {
    return this.#mapper.preferredFor(group, kind, options?.signal);
  }

  /** Makes `resourceFor` read anew, after a 404 that says a cached version is no longer served. */
  forgetResources(): void {
    this.#mapper.invalidate();
  }

  /** Ends all connections; running calls and watches fail. */
  close(): Promise<void> {
    return this.#transport.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #put<T extends KubeObject>(type: ResourceType<T>, object: T, options: PatchOptions = {}): Promise<T> {
    const { name, namespace } = object.metadata;
    if (!name) throw new TypeError(`metadata.name: required to replace this ${type.kind}`);
    return this.request({
      method: "PUT",
      path: objectPath(type, { name, namespace }, options.subresource),
      query: writeQuery(options),
      body: withType(type, object),
      signal: options.signal,
    });
  }

  async #collect<T extends KubeObject>(type: ResourceType<T>, options?: ListOptions): Promise<ObjectList<T>> {
    const list: ObjectList<T> = { items: [], resourceVersion: "" };
    for await (const page of this.pages(type, options)) {
      list.items.push(...page.items);
      list.resourceVersion = page.resourceVersion;
    }
    return list;
  }
}

interface WireList<T> {
  items: T[];
  metadata: { resourceVersion: string; continue?: string };
}

function withType<T extends KubeObject>(type: ResourceType, object: T): T {
  return { ...object, apiVersion: type.apiVersion, kind: type.kind };
}
