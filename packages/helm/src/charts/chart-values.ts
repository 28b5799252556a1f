import { parse } from "yaml";
import { identityOf } from "../release/release-input.ts";
import { LruCache } from "../render/lru-cache.ts";
import type { ChartReference } from "../runner/chart-reference.ts";
import type { HelmRunner, Values } from "../runner/helm-runner.ts";

const mostCharts = 32;

/** The own values of charts; those of a chart that was read before are remembered. */
export class ChartValuesReader {
  readonly #runner: HelmRunner;
  readonly #known = new LruCache<Values>(mostCharts);

  constructor(runner: HelmRunner) {
    this.#runner = runner;
  }

  /** @throws HelmError if the chart cannot be fetched */
  async read(chart: ChartReference, signal?: AbortSignal): Promise<Values> {
    const key = identityOf(chart);
    const known = key === undefined ? undefined : this.#known.get(key);
    if (known) return known;
    const parsed: unknown = parse(await this.#runner.showValues(chart, { signal }));
    const values = typeof parsed === "object" && parsed !== null ? (parsed as Values) : {};
    if (key !== undefined) this.#known.set(key, values);
    return values;
  }
}
