export interface BackoffOptions {
  /** Delay before the first restart. */
  initialMs: number;
  /** No delay is longer than this. */
  maxMs: number;
  /** A process that ran this long before it ended starts anew with the first delay. */
  stableAfterMs: number;
}

export const defaultBackoff: BackoffOptions = { initialMs: 500, maxMs: 30_000, stableAfterMs: 60_000 };

/** Delays double from one crash to the next. Given by consecutive crashes, the current one included: 1, 2, 3, … */
export function backoffDelay(crashes: number, { initialMs, maxMs }: BackoffOptions): number {
  return Math.min(maxMs, initialMs * 2 ** Math.min(crashes - 1, 30));
}
