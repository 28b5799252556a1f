import type { IncomingHttpHeaders } from "node:http";
import { context, propagation } from "@opentelemetry/api";
import { type Dispatcher, errors } from "undici";
import { sleep } from "../sleep.ts";
import { ConnectionError, StatusError, statusFromResponse } from "../status-error.ts";
import { requestSpan } from "../tracing/request-span.ts";
import { withinSpan } from "../tracing/tracing.ts";
import { Connections } from "./connections.ts";
import type { TlsSession } from "./connector.ts";
import { type Query, searchString } from "./options.ts";
import { retryDelayMs } from "./retry.ts";
import { parseWarnings } from "./warnings.ts";

export interface TransportOptions {
  /** Base URL, as in a kubeconfig: `https://127.0.0.1:6443`. */
  server: string;
  /** PEM; left out: the system's authorities. */
  ca?: string;
  /** PEM client certificate and key. */
  cert?: string;
  key?: string;
  /** Bearer token; a function is asked before each request, since a mounted token is replaced while it is in use. */
  token?: string | (() => string);
  tlsServerName?: string;
  insecureSkipTlsVerify?: boolean;
  userAgent?: string;
  /** Gets the text of each `Warning:` header. */
  onWarning?: (text: string) => void;
  /** Gets after how many milliseconds the server answered, be it by a refusal; undefined if it did not. Not of watches. */
  onAnswer?: (ms: number | undefined) => void;
  /** Called when the server has carried out what may have changed something: anything but a GET. */
  onWrite?: () => void;
  /** How long to wait for an answer, and for each part of it; default 65,000. Watches may be silent for longer. */
  timeoutMs?: number;
  /** Calls at once, each over a connection of its own; more wait. Default 32. Watches do not count. */
  maxConnections?: number;
  /** How long a connection that nothing needs stays open. Default 30,000; a server may say less. */
  idleMs?: number;
}

export type HttpMethod = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface HttpRequest {
  method: HttpMethod;
  /** Absolute, below the server's base URL. */
  path: string;
  query?: Query;
  /** Sent as JSON. */
  body?: unknown;
  headers?: Record<string, string | string[]>;
  signal?: AbortSignal;
}

export interface HttpAnswer {
  statusCode: number;
  text: string;
  etag: string | undefined;
}

/** Whoever looks at a cluster at rest has asked everything by then, and what the look needed weighs as much as twenty clusters at rest. */
const lullMs = 1_000;
const retriableSocketErrors = new Set(["ECONNRESET", "EPIPE", "UND_ERR_SOCKET"]);

export type Credentials = Pick<TransportOptions, "ca" | "cert" | "key">;

/** HTTP to one API server: connections, TLS, retries, warnings; refusals become `StatusError`. */
export class Transport {
  readonly server: string;
  readonly #basePath: string;
  readonly #headers: Record<string, string>;
  #options: TransportOptions;
  #connections: Connections | undefined;
  #session: TlsSession = {};
  /** They end when what is under way does. */
  readonly #retired = new Set<Connections>();
  #atRest = false;
  #isClosed = false;
  #underWay = 0;
  #lull: NodeJS.Timeout | undefined;

  constructor(options: TransportOptions) {
    const url = new URL(options.server);
    this.server = url.origin;
    this.#basePath = url.pathname.replace(/\/+$/, "");
    this.#headers = { accept: "application/json", "user-agent": options.userAgent ?? "fairlead-kube" };
    this.#options = options;
    this.#connections = this.#connect();
  }

  get options(): TransportOptions {
    return this.#options;
  }

  /** From now on connections are made with other credentials; what is under way goes on with the old ones. */
  renew(credentials: Credentials): void {
    this.#options = { ...this.#options, ...credentials };
    this.#session = {}; // It was made with the old ones.
    this.#retire();
  }

  /**
   * Gives back what connections need, a hundred kilobytes, unless something is under way; the next request makes it anew, goes on
   * from the TLS session, and gives it back a second later. Until `rouse` calls follow one another over one connection, since each
   * costs a handshake.
   */
  rest(): void {
    if (this.#underWay > 0) return;
    this.#atRest = true;
    this.#retire();
  }

  /** Calls are made side by side again. */
  rouse(): void {
    if (!this.#atRest) return;
    this.#atRest = false;
    this.#retire();
  }

  /**
   * Sends, retries what may be retried (see `retryDelayMs`), and reads the whole answer.
   * @throws StatusError for any answer that is no 2xx; ConnectionError if none came; the signal's reason if aborted
   */
  async send(request: HttpRequest): Promise<string> {
    return (await this.exchange(request)).text;
  }

  /** Like `send`, with what else was answered; 304 counts as an answer, since only who asks for it gets it. */
  async exchange(request: HttpRequest): Promise<HttpAnswer> {
    this.#underWay++;
    try {
      return await withinSpan(
        () => requestSpan(this.server, request),
        async (span) => {
          const answer = await this.#exchange(request);
          span?.setAttribute("http.response.status_code", answer.statusCode);
          return answer;
        },
      );
    } finally {
      this.#ended();
    }
  }

  async #exchange(request: HttpRequest): Promise<HttpAnswer> {
    for (let number = 1; ; number++) {
      const { statusCode, headers, body } = await this.#dispatch("calls", request);
      const text = await body.text().catch((error: unknown) => this.#fail(request, error));
      const { onWarning } = this.#options;
      for (const warning of onWarning ? parseWarnings(headers.warning) : []) onWarning?.(warning);
      if (statusCode < 300 && request.method !== "GET") this.#options.onWrite?.();
      if (statusCode < 300 || statusCode === 304) return { statusCode, text, etag: headerText(headers, "etag") };
      const retryAfter = headerText(headers, "retry-after");
      const delayMs = retryDelayMs({ idempotent: isIdempotent(request), number, code: statusCode, retryAfter });
      if (delayMs === undefined) throw new StatusError(statusFromResponse(statusCode, text));
      await sleep(delayMs, request.signal);
    }
  }

  /** The chunks of a long-running answer, as they come. @throws like `send`, without retries */
  async *stream(request: HttpRequest): AsyncGenerator<Buffer> {
    this.#underWay++;
    try {
      const { statusCode, body } = await this.#dispatch("streams", request);
      if (statusCode >= 300) throw new StatusError(statusFromResponse(statusCode, await body.text()));
      for await (const chunk of body) yield chunk as Buffer;
    } catch (error) {
      if (error instanceof StatusError || error instanceof ConnectionError) throw error;
      this.#fail(request, error);
    } finally {
      this.#ended();
    }
  }

  #ended(): void {
    this.#underWay--;
    if (!this.#atRest || this.#underWay > 0 || this.#lull) return;
    this.#lull = setTimeout(() => {
      this.#lull = undefined;
      if (this.#atRest && this.#underWay === 0) this.#retire();
    }, lullMs).unref();
  }

  /** Ends every connection, watches included; what still waits fails. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const all = [...this.#retired, ...(this.#connections ? [this.#connections] : [])];
    await Promise.all(all.map((connections) => connections.destroy()));
  }

  #connect(): Connections {
    return new Connections(this.#options, { session: this.#session, single: this.#atRest });
  }

  #retire(): void {
    const connections = this.#connections;
    if (!connections) return;
    this.#connections = undefined;
    this.#retired.add(connections);
    void connections.close().then(() => this.#retired.delete(connections));
  }

  async #dispatch(kind: "calls" | "streams", request: HttpRequest): Promise<Dispatcher.ResponseData> {
    const { signal } = request;
    signal?.throwIfAborted();
    const headers: Record<string, string | string[]> = { ...this.#headers, ...request.headers };
    const token = typeof this.#options.token === "function" ? this.#options.token() : this.#options.token;
    if (token) headers.authorization = `Bearer ${token}`;
    propagation.inject(context.active(), headers);
    if (request.body !== undefined) headers["content-type"] ??= "application/json";
    const options: Dispatcher.RequestOptions = {
      method: request.method,
      path: this.#basePath + request.path + searchString(request.query),
      headers,
      body: request.body === undefined ? undefined : JSON.stringify(request.body),
      signal,
    };
    if (this.#isClosed) return this.#fail(request, new errors.ClientDestroyedError());
    this.#connections ??= this.#connect();
    const dispatcher = this.#connections[kind];
    try {
      const since = performance.now();
      const answer = await dispatcher.request(options);
      if (kind === "calls") this.#options.onAnswer?.(performance.now() - since);
      return answer;
    } catch (error) {
      // A kept-alive connection that the server closed in the same moment; a fresh one will do.
      if (!signal?.aborted && request.method === "GET" && retriableSocketErrors.has(errorCode(error))) {
        return await dispatcher.request(options).catch((second: unknown) => this.#fail(request, second));
      }
      return this.#fail(request, error);
    }
  }

  #fail(request: HttpRequest, error: unknown): never {
    request.signal?.throwIfAborted();
    this.#options.onAnswer?.(undefined);
    const detail = error instanceof Error ? error.message || errorCode(error) : String(error);
    throw new ConnectionError(`${request.method} ${this.server}${this.#basePath}${request.path}: ${detail}`, {
      cause: error,
    });
  }
}

function isIdempotent(request: HttpRequest): boolean {
  switch (request.method) {
    case "GET":
    case "PUT":
    case "DELETE":
      return true;
    case "PATCH":
      return request.headers?.["content-type"] === "application/apply-patch+yaml";
    case "POST":
      return false;
  }
}

function headerText(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function errorCode(error: unknown): string {
  if (error instanceof errors.UndiciError) return error.code;
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
