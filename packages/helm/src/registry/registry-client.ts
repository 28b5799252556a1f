import { Agent, type Dispatcher, request } from "undici";
import { z } from "zod";

export interface RegistryClientOptions {
  /** `http://127.0.0.1:5000` */
  url: string;
  /** PEM of a private certificate authority. */
  ca?: string;
  credentials?: { username: string; password: string };
}

/** What a registry answered that is no success; `status` is HTTP's. */
export class RegistryError extends Error {
  override readonly name = "RegistryError";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const manifestType = "application/vnd.oci.image.manifest.v1+json";
const chartLayerType = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";

const tagList = z.object({ tags: z.array(z.string()).nullable() });
const manifest = z.object({ layers: z.array(z.object({ mediaType: z.string(), digest: z.string() })).default([]) });

export interface StoredChart {
  /** `sha256:…` of the manifest: what a chart reference is pinned to. */
  digest: string;
  /** `sha256:…` of the chart package itself. */
  packageDigest: string;
}

const timeoutMs = 10_000;

/** Reads from an OCI registry, after the distribution specification. */
export class RegistryClient implements AsyncDisposable {
  readonly #url: string;
  readonly #agent: Agent;
  readonly #headers: Record<string, string> = {};

  constructor({ url, ca, credentials }: RegistryClientOptions) {
    this.#url = url.replace(/\/+$/, "");
    this.#agent = new Agent({ connect: { ca }, headersTimeout: timeoutMs, bodyTimeout: timeoutMs });
    if (credentials) {
      const { username, password } = credentials;
      this.#headers.authorization = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
    }
  }

  /** Resolves if the registry serves the API, and these credentials may use it. */
  async ping(signal?: AbortSignal): Promise<void> {
    const response = await this.#get("/v2/", { signal });
    await response.body.dump();
    if (response.statusCode !== 200)
      throw new RegistryError(response.statusCode, `${this.#url}/v2/: ${response.statusCode}`);
  }

  /** In the registry's order; none if the repository does not exist. */
  async tags(repository: string, signal?: AbortSignal): Promise<string[]> {
    const text = await this.#read(`/v2/${repository}/tags/list`, { signal });
    return text === undefined ? [] : (tagList.parse(JSON.parse(text.body)).tags ?? []);
  }

  /** The chart under a tag; undefined if there is none, or something else than a helm chart. */
  async chart(repository: string, tag: string, signal?: AbortSignal): Promise<StoredChart | undefined> {
    const found = await this.#read(`/v2/${repository}/manifests/${encodeURIComponent(tag)}`, {
      signal,
      accept: manifestType,
    });
    if (!found?.digest) return undefined;
    const layer = manifest.parse(JSON.parse(found.body)).layers.find(({ mediaType }) => mediaType === chartLayerType);
    return layer && { digest: found.digest, packageDigest: layer.digest };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#agent.destroy();
  }

  async #read(path: string, options: GetOptions): Promise<{ body: string; digest: string | undefined } | undefined> {
    const response = await this.#get(path, options);
    const body = await response.body.text();
    if (response.statusCode === 404) return undefined;
    if (response.statusCode !== 200) {
      throw new RegistryError(response.statusCode, `${this.#url}${path}: ${response.statusCode} ${body.slice(0, 200)}`);
    }
    const digest = response.headers["docker-content-digest"];
    return { body, digest: typeof digest === "string" ? digest : undefined };
  }

  #get(path: string, { signal, accept }: GetOptions): Promise<Dispatcher.ResponseData> {
    const headers = { ...this.#headers, ...(accept && { accept }) };
    return request(`${this.#url}${path}`, { method: "GET", headers, dispatcher: this.#agent, signal });
  }
}

interface GetOptions {
  signal?: AbortSignal | undefined;
  accept?: string;
}
