/** Delay before attempt `failures + 1`: `baseMs * 2^(failures - 1)`, at most `maxMs`. */
export function exponentialDelayMs(failures: number, bounds: { baseMs: number; maxMs: number }): number {
  return Math.min(bounds.maxMs, bounds.baseMs * 2 ** Math.max(0, failures - 1));
}

/**
 * Exponential backoff with full jitter: a uniform draw between 0 and the exponential delay, so that many clients
 * that failed together do not come back together.
 */
export class JitteredBackoff {
  readonly #bounds: { baseMs: number; maxMs: number };
  readonly #random: () => number;
  #failures = 0;

  constructor(bounds: { baseMs: number; maxMs: number }, random: () => number = Math.random) {
    this.#bounds = bounds;
    this.#random = random;
  }

  nextMs(): number {
    this.#failures++;
    return Math.round(this.#random() * exponentialDelayMs(this.#failures, this.#bounds));
  }

  reset(): void {
    this.#failures = 0;
  }
}
