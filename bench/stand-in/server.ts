import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { type Discovery, type Document, ServedKinds } from "./discovery.ts";
import { Faults } from "./faults.ts";
import { matcherOf } from "./selector.ts";
import { type Content, SharedContents } from "./shared-content.ts";
import { targetOf } from "./targets.ts";
import { Refusal, type Target, VirtualCluster } from "./virtual-cluster.ts";

export interface StandInOptions {
  discovery: Discovery;
  tls: { cert: string; key: string; ca: string };
}

/** What all virtual clusters together were asked. */
export interface StandInCounts {
  requests: number;
  writes: number;
  watches: number;
  /** Without headers. */
  bytesIn: number;
  bytesOut: number;
  clusters: number;
  objects: number;
  openConnections: number;
  /** `GET apps/daemonsets` -> how often. */
  byKind: Record<string, number>;
}

/**
 * Stands in for the API servers of many user clusters: https://127.0.0.1:<port>/clusters/<id> is the one of cluster <id>,
 * which comes to be when it is first asked. For benchmarks and tests of many clusters only.
 */
export class StandIn {
  readonly faults = new Faults();
  readonly #server: Server;
  readonly #clusters = new Map<string, VirtualCluster>();
  readonly #contents = new SharedContents();
  readonly #discovery: Discovery;
  /** By the definitions that a cluster has: most have the same. */
  readonly #served = new Map<string, ServedKinds>();
  #counts = { requests: 0, writes: 0, watches: 0, bytesIn: 0, bytesOut: 0 };
  readonly #byCluster = new Map<string, number>();
  readonly #writesByCluster = new Map<string, number>();
  readonly #byKind = new Map<string, number>();
  #open = 0;

  private constructor({ discovery, tls }: StandInOptions) {
    this.#discovery = discovery;
    this.#server = createServer({ ...tls, requestCert: true, rejectUnauthorized: true }, (request, response) => {
      this.#serve(request, response).catch(() => response.destroy());
    });
    this.#server.keepAliveTimeout = 120_000;
    this.#server.on("secureConnection", (socket) => {
      this.#open++;
      socket.once("close", () => this.#open--);
      socket.on("error", () => socket.destroy());
    });
  }

  static async start(options: StandInOptions): Promise<StandIn> {
    const standIn = new StandIn(options);
    await new Promise<void>((resolve) => standIn.#server.listen(0, "127.0.0.1", 4096, resolve));
    return standIn;
  }

  get url(): string {
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  urlOf(clusterId: string): string {
    return `${this.url}/clusters/${clusterId}`;
  }

  counts(): StandInCounts {
    let objects = 0;
    for (const cluster of this.#clusters.values()) objects += cluster.objects;
    return {
      ...this.#counts,
      clusters: this.#clusters.size,
      objects,
      openConnections: this.#open,
      byKind: Object.fromEntries(this.#byKind),
    };
  }

  /** How often each cluster was written to. */
  writes(): Record<string, number> {
    return Object.fromEntries(this.#writesByCluster);
  }

  /** How often one cluster was asked. */
  requestsOf(clusterId: string): number {
    return this.#byCluster.get(clusterId) ?? 0;
  }

  cluster(id: string): VirtualCluster {
    const known = this.#clusters.get(id);
    if (known) return known;
    const created = new VirtualCluster(this.#contents);
    this.#clusters.set(id, created);
    return created;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "https://stand-in");
    const [, id = "", path = ""] = /^\/clusters\/([^/]+)(\/.*)$/.exec(url.pathname) ?? [];
    const body = request.method === "GET" ? "" : await text(request);
    this.#counts.requests++;
    this.#counts.bytesIn += body.length;
    this.#byCluster.set(id, this.requestsOf(id) + 1);
    const fault = this.faults.of(id);
    if (fault.line === "drop") return void request.socket.destroy();
    if (fault.line === "hang") return;
    if (fault.delayMs) await sleep(fault.delayMs);
    try {
      if (fault.failures && Math.random() < fault.failures)
        throw new Refusal(500, "InternalError", "the stand-in was told to fail");
      const answer = this.#answer({ request, response, url, path, body, id, cluster: this.cluster(id) });
      if (answer !== undefined) this.#send(response, request.method === "POST" ? 201 : 200, answer);
    } catch (error) {
      const { code, reason, message } =
        error instanceof Refusal ? error : new Refusal(500, "InternalError", String(error));
      const status = { kind: "Status", apiVersion: "v1", status: "Failure", message, reason, code };
      this.#send(response, code, JSON.stringify(status));
    }
  }

  #answer({ request, response, url, path, body, cluster, id }: Exchange): string | undefined {
    const served = this.#servedBy(cluster);
    switch (path) {
      case "/api":
        return this.#document(request, response, served.api);
      case "/apis":
        return this.#document(request, response, served.apis);
      case "/readyz":
      case "/livez":
        return "ok";
    }
    const target = targetOf(path, served);
    this.#countKind(request, url, target);
    if (request.method !== "GET") return this.#write({ request, url, body, cluster, id }, target);
    if (target.name !== undefined) return JSON.stringify(cluster.get(target));
    const matches = matcherOf(url.searchParams);
    if (url.searchParams.get("watch") === "true") return this.#watch({ response, url, cluster }, target);
    const metadataOnly = request.headers.accept?.includes("as=PartialObjectMetadataList") ?? false;
    const { kind, apiVersion } = metadataOnly ? partialObject : target;
    const items = cluster.list(target, matches);
    return JSON.stringify({
      kind: `${kind}List`,
      apiVersion,
      metadata: { resourceVersion: `${cluster.resourceVersion}` },
      items: metadataOnly ? items.map(({ metadata }) => ({ ...partialObject, metadata })) : items,
    });
  }

  #countKind({ method }: IncomingMessage, { searchParams }: URL, { collection, name }: Target): void {
    const read = searchParams.get("watch") === "true" ? "WATCH" : name === undefined ? "LIST" : "GET";
    const key = `${method === "GET" ? read : method} ${collection}`;
    this.#byKind.set(key, (this.#byKind.get(key) ?? 0) + 1);
  }

  #servedBy(cluster: VirtualCluster): ServedKinds {
    const { definitions } = cluster;
    const key = definitions.map(({ metadata }) => metadata.name).join();
    const known = this.#served.get(key);
    if (known) return known;
    const served = new ServedKinds(this.#discovery, definitions);
    this.#served.set(key, served);
    return served;
  }

  #document(request: IncomingMessage, response: ServerResponse, { text, etag }: Document): string | undefined {
    response.setHeader("etag", etag);
    if (request.headers["if-none-match"] !== etag) return text;
    response.writeHead(304);
    response.end();
    return undefined;
  }

  #write({ request, url, body, cluster, id }: Omit<Exchange, "response" | "path">, target: Target): string {
    if (url.searchParams.get("dryRun") === "All") return dryRun(target, body);
    this.#counts.writes++;
    this.#writesByCluster.set(id, (this.#writesByCluster.get(id) ?? 0) + 1);
    const type = request.headers["content-type"] ?? "";
    switch (request.method ?? "") {
      case "POST":
        return JSON.stringify(cluster.create(target, body));
      case "PUT":
        return JSON.stringify(cluster.replace(target, body));
      case "DELETE":
        return JSON.stringify(cluster.delete(target));
      default:
        return JSON.stringify(
          type.includes("apply-patch") ? cluster.apply(target, body) : cluster.mergePatch(target, body),
        );
    }
  }

  #watch({ response, url, cluster }: Pick<Exchange, "response" | "url" | "cluster">, target: Target): undefined {
    this.#counts.watches++;
    const matches = matcherOf(url.searchParams);
    response.writeHead(200, { "content-type": "application/json" });
    response.flushHeaders();
    const since = Number(url.searchParams.get("resourceVersion") ?? "0");
    const stop = cluster.watch(target, since, ({ type, object }) => {
      if (!matches(object)) return;
      const line = `${JSON.stringify({ type, object } satisfies { type: string; object: Content })}\n`;
      this.#counts.bytesOut += line.length;
      response.write(line);
    });
    const seconds = Number(url.searchParams.get("timeoutSeconds") ?? "300");
    const timer = setTimeout(() => response.end(), seconds * 1000);
    response.once("close", () => {
      clearTimeout(timer);
      stop();
    });
    return undefined;
  }

  #send(response: ServerResponse, code: number, answer: string): void {
    this.#counts.bytesOut += answer.length;
    response.writeHead(code, { "content-type": "application/json", "content-length": Buffer.byteLength(answer) });
    response.end(answer);
  }
}

const partialObject = { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1" } as const;

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
  path: string;
  body: string;
  /** Of the cluster. */
  id: string;
  cluster: VirtualCluster;
}

/** Fairlead waits until an API server asks its webhooks, by a write that they refuse; here nobody else is asked. */
function dryRun({ kind }: Target, body: string): string {
  if (kind === "ApplicationInstallation") {
    throw new Refusal(422, "Invalid", 'admission webhook "stand-in" denied the request: the stand-in has no webhooks');
  }
  return body;
}
