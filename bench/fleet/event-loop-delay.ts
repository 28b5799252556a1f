import { monitorEventLoopDelay } from "node:perf_hooks";

/** Milliseconds. */
export interface Stall {
  p50: number;
  p99: number;
  max: number;
  /** The most that its thread worked in one go: what of the delay others did not cause, who had the cores meanwhile. */
  work: number;
}

const resolutionMs = 5;

const delay = monitorEventLoopDelay({ resolution: resolutionMs });
delay.enable();

let mostWork = 0;
let before = threadCpuMs();
setInterval(() => {
  const now = threadCpuMs();
  mostWork = Math.max(mostWork, now - before);
  before = now;
}, resolutionMs).unref();

function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** How long this process's event loop was late, since the last question. */
export function stallSinceLast(): Stall {
  const ms = (nanoseconds: number) => nanoseconds / 1e6;
  const stall = { p50: ms(delay.percentile(50)), p99: ms(delay.percentile(99)), max: ms(delay.max), work: mostWork };
  delay.reset();
  mostWork = 0;
  return stall;
}
