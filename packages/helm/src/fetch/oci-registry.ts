import { createHash } from "node:crypto";
import { z } from "zod";
import { HelmError } from "../runner/helm-error.ts";
import { type ChartHttp, type HttpAnswer, type HttpQuestion, requireSuccess, shown } from "./chart-http.ts";
import { largestPackage } from "./check-package.ts";
import { basic, type RegistryLogin } from "./registry-credentials.ts";

const manifestType = "application/vnd.oci.image.manifest.v1+json";
const chartLayerTypes = [
  "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
  "application/tar+gzip", // before helm 3.5
];
const largestManifest = 4 * 1024 * 1024;

const manifestSchema = z.object({
  layers: z.array(z.object({ mediaType: z.string(), digest: z.string().regex(/^sha256:[a-f0-9]{64}$/) })).default([]),
});
const tagsSchema = z.object({ tags: z.array(z.string()).nullish() });
const tokenSchema = z.object({ token: z.string().optional(), access_token: z.string().optional() });

/** One repository of an OCI registry, after the distribution specification. */
export class OciRepository {
  readonly #http: ChartHttp;
  /** `https://registry.example.com` */
  readonly #origin: string;
  readonly #name: string;
  readonly #login: RegistryLogin | undefined;
  #authorization: string | undefined;

  /** @param url `https://host/path/name`, or `http://…` */
  constructor(http: ChartHttp, url: URL, login: RegistryLogin | undefined) {
    this.#http = http;
    this.#origin = url.origin;
    this.#name = url.pathname.replace(/^\/+|\/+$/g, "");
    this.#login = login;
  }

  async tags(): Promise<string[]> {
    const url = this.#url("tags/list");
    const body = requireSuccess(await this.#get(url, { limitBytes: largestManifest }), url);
    return parseJson(tagsSchema, body, url).tags ?? [];
  }

  /**
   * The package under a tag; its content is what the digests say.
   * @param wanted digest that the manifest has to have
   * @throws HelmError chart-digest-mismatch, chart-not-found, unauthorized, …
   */
  async chart(tag: string, wanted?: string): Promise<{ content: Buffer; digest: string }> {
    const { manifest, digest } = await this.#manifest(tag, wanted);
    const layer = manifest.layers.find(({ mediaType }) => chartLayerTypes.includes(mediaType));
    if (!layer) throw new HelmError("chart-not-found", `${this.#shown(tag)} is no helm chart`, { command: "fetch" });
    const url = this.#url(`blobs/${layer.digest}`);
    const content = requireSuccess(await this.#get(url, { limitBytes: largestPackage }), url);
    this.#requireDigest(content, layer.digest, "package");
    return { content, digest };
  }

  async #manifest(tag: string, wanted: string | undefined) {
    const url = this.#url(`manifests/${encodeURIComponent(tag)}`);
    const answer = await this.#get(url, { headers: { accept: manifestType }, limitBytes: largestManifest });
    if (answer.status === 404) {
      throw new HelmError("chart-not-found", `${this.#shown(tag)}: not found`, { command: "fetch" });
    }
    const body = requireSuccess(answer, url);
    if (wanted) this.#requireDigest(body, wanted, tag);
    return { manifest: parseJson(manifestSchema, body, url), digest: sha256(body) };
  }

  #requireDigest(content: Buffer, expected: string, what: string): void {
    const actual = sha256(content);
    if (actual !== expected) throw this.#mismatch(actual, expected, what);
  }

  #mismatch(actual: string, expected: string, what: string): HelmError {
    const message = `${this.#shown(what)}: digest mismatch: expected ${expected}, found ${actual}`;
    return new HelmError("chart-digest-mismatch", message, { command: "fetch" });
  }

  /** Asks as nobody, or with what is known by now; then as the registry demands. */
  async #get(url: URL, { headers = {}, limitBytes }: HttpQuestion): Promise<HttpAnswer> {
    const ask = () => {
      const authorization: Record<string, string> = this.#authorization ? { authorization: this.#authorization } : {};
      return this.#http.get(url, { headers: { ...headers, ...authorization }, limitBytes });
    };
    const answer = await ask();
    const challenge = answer.headers["www-authenticate"];
    if (answer.status !== 401 || this.#authorization || typeof challenge !== "string") return answer;
    this.#authorization = await this.#answerTo(challenge);
    return this.#authorization ? await ask() : answer;
  }

  async #answerTo(challenge: string): Promise<string | undefined> {
    if (/^basic\b/i.test(challenge)) return this.#login ? basic(this.#login) : undefined;
    const parameter = (name: string) => new RegExp(`\\b${name}="([^"]*)"`, "i").exec(challenge)?.[1];
    const realm = /^bearer\b/i.test(challenge) ? parameter("realm") : undefined;
    if (!realm || !URL.canParse(realm)) return undefined;
    const url = new URL(realm);
    if (url.protocol !== "https:" && !(url.protocol === "http:" && this.#origin.startsWith("http:"))) return undefined;
    url.searchParams.set("service", parameter("service") ?? "");
    url.searchParams.set("scope", parameter("scope") ?? `repository:${this.#name}:pull`);
    const headers: Record<string, string> = this.#login ? { authorization: basic(this.#login) } : {};
    const body = requireSuccess(await this.#http.get(url, { headers, limitBytes: largestManifest }), url);
    const { token, access_token: accessToken } = parseJson(tokenSchema, body, url);
    return `Bearer ${token ?? accessToken ?? ""}`;
  }

  #url(path: string): URL {
    return new URL(`${this.#origin}/v2/${this.#name}/${path}`);
  }

  #shown(what: string): string {
    return `${shown(new URL(`${this.#origin}/${this.#name}`))}:${what}`;
  }
}

function sha256(content: Buffer): string {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}

function parseJson<T>(schema: z.ZodType<T>, body: Buffer, url: URL): T {
  try {
    return schema.parse(JSON.parse(body.toString("utf8")));
  } catch (cause) {
    throw new HelmError("registry-unreachable", `${shown(url)}: answers something else than a registry does`, {
      command: "fetch",
      cause,
    });
  }
}
