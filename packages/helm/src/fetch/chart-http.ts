import type { Socket } from "node:net";
import { getCACertificates } from "node:tls";
import { callbackify } from "node:util";
import { Agent, buildConnector, type Dispatcher, ProxyAgent } from "undici";
import type { ChartEgress } from "../egress/chart-egress.ts";
import { connectionProblem } from "../egress/connection-problem.ts";
import { proxyFor } from "../egress/machine-proxy.ts";
import { HelmError, type HelmErrorKind } from "../runner/helm-error.ts";
import { redact } from "../runner/redact.ts";

export interface ChartHttpOptions {
  egress: ChartEgress;
  /** PEM of the certificate authorities to trust instead of the machine's. */
  ca?: string | undefined;
  insecureSkipTlsVerify?: boolean | undefined;
  signal?: AbortSignal | undefined;
}

export interface HttpQuestion {
  headers?: Readonly<Record<string, string>>;
  /** Of the body; more than that is an error. */
  limitBytes: number;
}

export interface HttpAnswer {
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: Buffer;
}

const mostRedirects = 5;
const headersMs = 20_000;
const bodyMs = 60_000;
const wholeMs = 120_000;

/**
 * Asks servers that hold charts, and nobody else: each hop of a redirect is checked as the first address is, and
 * credentials go to no other host. Proxies of the machine are used; then it is they who resolve names.
 */
export class ChartHttp implements AsyncDisposable {
  readonly #egress: ChartEgress;
  readonly #signal: AbortSignal;
  readonly #direct: Agent;
  readonly #proxies = new Map<string, ProxyAgent>();
  readonly #proxyOptions: Omit<ProxyAgent.Options, "uri">;

  constructor({ egress, ca, insecureSkipTlsVerify, signal }: ChartHttpOptions) {
    this.#egress = egress;
    const limit = AbortSignal.timeout(wholeMs);
    this.#signal = signal ? AbortSignal.any([signal, limit]) : limit;
    const tls = { ca: ca ?? machineAuthorities(), rejectUnauthorized: !insecureSkipTlsVerify, allowH2: false };
    const options = { headersTimeout: headersMs, bodyTimeout: bodyMs, connect: connector(egress, tls) };
    this.#direct = new Agent(options);
    this.#proxyOptions = { headersTimeout: headersMs, bodyTimeout: bodyMs, requestTls: tls };
  }

  /** @throws HelmError source-forbidden, registry-unreachable, or of a body beyond the limit */
  async get(url: URL, question: HttpQuestion): Promise<HttpAnswer> {
    let at = url;
    let headers = question.headers ?? {};
    for (let hop = 0; hop <= mostRedirects; hop++) {
      const { statusCode, headers: answered, body } = await this.#ask(at, headers);
      const location = statusCode >= 300 && statusCode < 400 ? answered.location : undefined;
      if (typeof location !== "string") {
        return { status: statusCode, headers: answered, body: await this.#read(at, body, question.limitBytes) };
      }
      await body.dump();
      const next = new URL(location, at);
      if (!/^https?:$/.test(next.protocol) || (at.protocol === "https:" && next.protocol === "http:")) {
        throw unreachable(at, `redirects to ${next.protocol}//…: expected https`);
      }
      if (next.host !== at.host) headers = withoutCredentials(headers);
      at = next;
    }
    throw unreachable(url, `redirects more than ${mostRedirects} times`);
  }

  [Symbol.asyncDispose](): Promise<void> {
    const dispatchers = [this.#direct, ...this.#proxies.values()];
    return Promise.all(dispatchers.map((dispatcher) => dispatcher.destroy())).then(() => undefined);
  }

  async #ask(url: URL, headers: Readonly<Record<string, string>>): Promise<Dispatcher.ResponseData> {
    this.#egress.requireOpen(url.hostname, portOf(url));
    try {
      return await this.#dispatcher(url).request({
        origin: url.origin,
        path: `${url.pathname}${url.search}`,
        method: "GET",
        headers,
        signal: this.#signal,
      });
    } catch (error) {
      throw this.#explain(url, error);
    }
  }

  #dispatcher(url: URL): Dispatcher {
    const uri = proxyFor(url);
    if (!uri) return this.#direct;
    const known = this.#proxies.get(uri) ?? new ProxyAgent({ ...this.#proxyOptions, uri });
    this.#proxies.set(uri, known);
    return known;
  }

  async #read(url: URL, body: Dispatcher.ResponseData["body"], limitBytes: number): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let size = 0;
    try {
      for await (const chunk of body as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size > limitBytes) break;
        chunks.push(chunk);
      }
    } catch (error) {
      throw this.#explain(url, error);
    }
    if (size <= limitBytes) return Buffer.concat(chunks);
    throw new HelmError("archive-refused", `${shown(url)} is larger than ${limitBytes} bytes`, { command: "fetch" });
  }

  #explain(url: URL, error: unknown): unknown {
    return this.#signal.aborted ? this.#signal.reason : connectionProblem(shown(url), error);
  }
}

/** @throws HelmError for what is no success */
export function requireSuccess({ status, body }: HttpAnswer, url: URL): Buffer {
  if (status === 200) return body;
  const kind: HelmErrorKind =
    status === 401 || status === 403 ? "unauthorized" : status === 404 ? "chart-not-found" : "registry-unreachable";
  const what = kind === "unauthorized" ? "refuses the login" : kind === "chart-not-found" ? "not found" : "failed";
  throw new HelmError(kind, `${shown(url)}: ${what} (HTTP ${status})`, { command: "fetch" });
}

/** Without user name, password and query, which may be a signature. */
export function shown(url: URL): string {
  return redact(`${url.origin}${url.pathname}`).slice(0, 300);
}

function portOf({ port, protocol }: URL): number {
  return Number(port) || (protocol === "http:" ? 80 : 443);
}

function unreachable(url: URL, why: string): HelmError {
  return new HelmError("registry-unreachable", `${shown(url)}: ${why}`, { command: "fetch" });
}

function withoutCredentials(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== "authorization"));
}

/** Connects by `egress`, and speaks TLS over that where it is asked for. */
function connector(egress: ChartEgress, tls: buildConnector.BuildOptions): buildConnector.connector {
  const secure = buildConnector(tls);
  const open = async (options: buildConnector.Options): Promise<Socket> => {
    const { hostname, protocol, port } = options;
    const socket = await egress.connect(hostname, Number(port) || (protocol === "http:" ? 80 : 443));
    if (protocol !== "https:") return socket;
    const { promise, resolve, reject } = Promise.withResolvers<Socket>();
    secure({ ...options, httpSocket: socket }, (error, secured) =>
      error ? reject(error) : resolve(secured as Socket),
    );
    return await promise;
  };
  const callbackOf = callbackify(open);
  return (options, callback) =>
    callbackOf(options, (error, socket) => (error ? callback(error, null) : callback(null, socket)));
}

/** Node's own, and those that the machine's administrator trusts (SSL_CERT_FILE and SSL_CERT_DIR count). */
function machineAuthorities(): string[] {
  return [...new Set([...getCACertificates("default"), ...getCACertificates("system")])];
}
