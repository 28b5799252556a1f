import { inputDigest } from "../release/release-input.ts";
import type { HelmRunner, Values } from "../runner/helm-runner.ts";
import { LruCache } from "./lru-cache.ts";
import { parseManifests, type RenderedChart } from "./parse-manifests.ts";

/** A chart whose content is known: one of Fairlead's own, as packaged. */
export interface DigestedChart {
  name: string;
  /** Chart folder or package. */
  path: string;
  /** Of the content; the cache trusts it. */
  digest: string;
}

export interface Capabilities {
  /** `v1.36.3` */
  kubeVersion: string;
  /** Besides those helm knows: `monitoring.coreos.com/v1`. */
  apiVersions?: readonly string[];
}

export interface RenderOptions {
  release: string;
  namespace: string;
  values: Values;
  capabilities: Capabilities;
  signal?: AbortSignal;
}

const defaultEntries = 256;

/**
 * Renders charts and remembers the results, so that one add-on with the same values is rendered once for all clusters.
 * Only for charts that render the same from the same input (no random, no time, no lookup): Fairlead's own add-ons.
 */
export class ChartRenderer {
  readonly #runner: HelmRunner;
  readonly #cache: LruCache<Promise<RenderedChart>>;
  #rendered = 0;

  constructor(options: { runner: HelmRunner; maxEntries?: number }) {
    this.#runner = options.runner;
    this.#cache = new LruCache(options.maxEntries ?? defaultEntries);
  }

  /** How often helm was asked, that is, not answered from the cache. */
  get rendered(): number {
    return this.#rendered;
  }

  /** @throws HelmError; a failure is not remembered */
  async render(chart: DigestedChart, options: RenderOptions): Promise<RenderedChart> {
    const { signal, ...input } = options;
    signal?.throwIfAborted();
    const key = renderKey(chart, input);
    const known = this.#cache.get(key);
    if (known) return await unlessAborted(known, signal);
    // Others may come to wait for this rendering, so that one caller's signal must not end it.
    const rendering = this.#render(chart, input);
    this.#cache.set(key, rendering);
    rendering.catch(() => this.#cache.drop(key, rendering));
    return await unlessAborted(rendering, signal);
  }

  async #render(
    chart: DigestedChart,
    { release, namespace, values, capabilities }: RenderOptions,
  ): Promise<RenderedChart> {
    this.#rendered += 1;
    const options = { namespace, values, ...capabilities, includeCrds: true };
    return parseManifests(
      chart.name,
      await this.#runner.template(release, { kind: "path", path: chart.path }, options),
    );
  }
}

function renderKey(chart: DigestedChart, { release, namespace, values, capabilities }: RenderOptions): string {
  const { kubeVersion, apiVersions = [] } = capabilities;
  return inputDigest(chart.digest, { release, namespace, values, kubeVersion, apiVersions: [...apiVersions].sort() });
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    if (signal.aborted) return onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
