import { monitorEventLoopDelay } from "node:perf_hooks";

/** Milliseconds. */
export interface Stall {
  p50: number;
  p99: number;
  max: number;
}

const delay = monitorEventLoopDelay({ resolution: 5 });
delay.enable();

/** How long this process's event loop was late, since the last question. */
export function stallSinceLast(): Stall {
  const ms = (nanoseconds: number) => nanoseconds / 1e6;
  const stall = { p50: ms(delay.percentile(50)), p99: ms(delay.percentile(99)), max: ms(delay.max) };
  delay.reset();
  return stall;
}
