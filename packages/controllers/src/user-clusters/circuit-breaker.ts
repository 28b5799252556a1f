import { exponentialDelayMs } from "@fairlead/kube";

export interface CircuitBreakerOptions {
  /** Failures in a row after which nothing more is tried. */
  threshold: number;
  /** Until the next try, after the first time and at most. */
  pause: { baseMs: number; maxMs: number };
}

/**
 * Stops asking a server that does not answer. After a pause one try is made: an answer closes the circuit, another failure
 * makes the pause twice as long.
 */
export class CircuitBreaker {
  readonly #options: CircuitBreakerOptions;
  readonly #now: () => number;
  #failures = 0;
  #pauses = 0;
  #tryAt = 0;

  constructor(options: CircuitBreakerOptions, now: () => number = () => performance.now()) {
    this.#options = options;
    this.#now = now;
  }

  /** Until something may be asked: 0 is now. */
  get pauseMs(): number {
    return Math.max(0, this.#tryAt - this.#now());
  }

  /** Whether the last that is known is that it does not answer. */
  get isOpen(): boolean {
    return this.#pauses > 0;
  }

  answered(): void {
    this.#failures = 0;
    this.#pauses = 0;
    this.#tryAt = 0;
  }

  /** @returns whether this failure opened the circuit */
  failed(): boolean {
    this.#failures++;
    const isTrial = this.#pauses > 0;
    if (this.pauseMs > 0 || (!isTrial && this.#failures < this.#options.threshold)) return false;
    this.#pauses++;
    this.#tryAt = this.#now() + exponentialDelayMs(this.#pauses, this.#options.pause);
    return true;
  }
}
