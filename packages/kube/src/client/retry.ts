import { exponentialDelayMs } from "../backoff.ts";

const maxAttempts = 5;
const maxRetryAfterMs = 30_000;

export interface Attempt {
  /** May be sent twice with the effect of once. */
  idempotent: boolean;
  /** 1 for the first. */
  number: number;
  code: number;
  /** The `Retry-After` header, in seconds. */
  retryAfter?: string;
}

/**
 * How long to wait before the next attempt; undefined: do not retry.
 * 429 says that the request was not executed, so it is retried whatever the method; 5xx only when the server asks
 * for it by `Retry-After` and a repetition does no harm.
 */
export function retryDelayMs(attempt: Attempt): number | undefined {
  if (attempt.number >= maxAttempts) return undefined;
  const asked = parseRetryAfterMs(attempt.retryAfter);
  if (attempt.code === 429) return asked ?? exponentialDelayMs(attempt.number, { baseMs: 100, maxMs: maxRetryAfterMs });
  return attempt.code >= 500 && attempt.idempotent ? asked : undefined;
}

function parseRetryAfterMs(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const seconds = Number(header);
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds * 1000, maxRetryAfterMs) : undefined;
}
