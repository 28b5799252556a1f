import { sleep } from "./sleep.ts";

export interface WaitForOptions {
  /** Completes the sentence "timed out after 10 s waiting for …". */
  what: string;
  /** Default 30,000. */
  timeoutMs?: number;
  /** Default 100. */
  intervalMs?: number;
  signal?: AbortSignal;
}

/** Not there in time. `cause` holds the error of the last try, if it threw. */
export class TimeoutError extends Error {
  override readonly name = "TimeoutError";
}

type Falsy = false | undefined | null | "" | 0;

/**
 * Polls until `fn` returns something truthy, and returns that. A throwing `fn` counts as "not yet".
 * @throws TimeoutError that names what was waited for; the signal's reason when aborted
 * @example
 * const pod = await waitFor(() => client.find(builtin.Pod, ref), { what: `pod ${ref.name}` });
 */
export async function waitFor<T>(
  fn: (signal: AbortSignal) => T | Promise<T>,
  options: WaitForOptions,
): Promise<Exclude<T, Falsy>> {
  const { what, timeoutMs = 30_000, intervalMs = 100, signal } = options;
  const timeout = AbortSignal.timeout(timeoutMs);
  const either = signal ? AbortSignal.any([signal, timeout]) : timeout;
  let last: unknown;
  for (;;) {
    try {
      const value = await fn(either);
      if (value) return value as Exclude<T, Falsy>;
      last = undefined;
    } catch (error) {
      if (!either.aborted) last = error;
    }
    signal?.throwIfAborted();
    if (!timeout.aborted) await sleep(intervalMs, either).catch(() => {});
    signal?.throwIfAborted();
    if (timeout.aborted) throw timeoutError(what, timeoutMs, last);
  }
}

function timeoutError(what: string, timeoutMs: number, last: unknown): TimeoutError {
  const detail = last instanceof Error ? `: ${last.message}` : "";
  return new TimeoutError(`timed out after ${timeoutMs / 1000} s waiting for ${what}${detail}`, { cause: last });
}
