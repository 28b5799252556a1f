import type { ResourceType } from "../resource-types.ts";
import { DiscoveredTypes, discoveryAccept, type GroupDiscoveryList } from "./discovery.ts";
import type { Transport } from "./transport.ts";

/** The server does not serve this kind (no such API group, version or CRD). */
export class NoKindMatchError extends Error {
  override readonly name = "NoKindMatchError";
}

/** Finds the resource of a kind by discovery; cached, and read anew once when a kind is missing. */
export class RestMapper {
  readonly #transport: Transport;
  #types: DiscoveredTypes | undefined;
  #refreshing: Promise<DiscoveredTypes> | undefined;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** @throws NoKindMatchError if the server does not serve it */
  async resourceFor(apiVersion: string, kind: string, signal?: AbortSignal): Promise<ResourceType> {
    const found = await this.#lookUp((types) => types.find(apiVersion, kind), signal);
    if (found) return found;
    throw new NoKindMatchError(`${this.#transport.server} serves no kind "${kind}" in version "${apiVersion}"`);
  }

  /** Forgets what it read: a cached version may no longer be served. */
  invalidate(): void {
    this.#types = undefined;
  }

  /** In the version the server prefers; undefined if it does not serve the kind at all. */
  preferredFor(group: string, kind: string, signal?: AbortSignal): Promise<ResourceType | undefined> {
    return this.#lookUp((types) => types.findPreferred(group, kind), signal);
  }

  async #lookUp(
    find: (types: DiscoveredTypes) => ResourceType | undefined,
    signal: AbortSignal | undefined,
  ): Promise<ResourceType | undefined> {
    const cached = this.#types && find(this.#types);
    if (cached) return cached;
    this.#refreshing ??= this.#read().finally(() => {
      this.#refreshing = undefined;
    });
    const types = await this.#refreshing;
    signal?.throwIfAborted();
    return find(types);
  }

  async #read(): Promise<DiscoveredTypes> {
    const documents = await Promise.all(["/api", "/apis"].map((path) => this.#readDocument(path)));
    this.#types = typesOf(documents);
    return this.#types;
  }

  /** A document that another server has served already is not sent again. */
  async #readDocument(path: string): Promise<DiscoveryDocument> {
    const latest = latestDocuments.get(path);
    const headers = { accept: discoveryAccept, ...(latest ? { "if-none-match": latest.etag } : {}) };
    const { statusCode, text, etag } = await this.#transport.exchange({ method: "GET", path, headers });
    if (statusCode === 304 && latest) return latest;
    const known = etag === undefined ? undefined : knownDocuments.get(`${path} ${etag}`);
    const document = known ?? { etag: etag ?? "", list: this.#parse(text) };
    if (etag !== undefined) remember(path, document);
    return document;
  }

  #parse(text: string): GroupDiscoveryList {
    const list = JSON.parse(text) as GroupDiscoveryList;
    if (list.kind === "APIGroupDiscoveryList") return list;
    throw new Error(`${this.#transport.server} has no aggregated discovery: Kubernetes 1.30 or newer is required`);
  }
}

interface DiscoveryDocument {
  /** A hash of the content, whoever serves it; empty if the server gave none. */
  etag: string;
  list: GroupDiscoveryList;
}

/**
 * What servers were seen to serve, shared between all of them: user clusters of one Kubernetes version with the same
 * definitions serve the same kinds, and neither reading nor keeping them for each is worth it.
 */
const latestDocuments = new Map<string, DiscoveryDocument>();
const knownDocuments = new Map<string, DiscoveryDocument>();
const knownTypes = new Map<string, DiscoveredTypes>();
const mostKnown = 64;

function remember(path: string, document: DiscoveryDocument): void {
  latestDocuments.set(path, document);
  put(knownDocuments, `${path} ${document.etag}`, document);
}

function typesOf(documents: readonly DiscoveryDocument[]): DiscoveredTypes {
  const create = () => new DiscoveredTypes(documents.map(({ list }) => list));
  if (documents.some(({ etag }) => etag === "")) return create();
  const key = documents.map(({ etag }) => etag).join(" ");
  const types = knownTypes.get(key) ?? create();
  put(knownTypes, key, types);
  return types;
}

/** The one that was used longest ago goes. */
function put<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  const oldest = map.keys().next();
  if (map.size > mostKnown && !oldest.done) map.delete(oldest.value);
}
