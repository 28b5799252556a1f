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
    const lists = await Promise.all(["/api", "/apis"].map((path) => this.#readList(path)));
    this.#types = new DiscoveredTypes(lists);
    return this.#types;
  }

  async #readList(path: string): Promise<GroupDiscoveryList> {
    const text = await this.#transport.send({ method: "GET", path, headers: { accept: discoveryAccept } });
    const list = JSON.parse(text) as GroupDiscoveryList;
    if (list.kind === "APIGroupDiscoveryList") return list;
    throw new Error(`${this.#transport.server} has no aggregated discovery: Kubernetes 1.30 or newer is required`);
  }
}
