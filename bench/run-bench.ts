import { describeMachine, Report } from "./fleet/report.ts";

export interface BenchRun {
  report: Report;
  /** Aborted by SIGINT and SIGTERM: what was started has to be gone when the work ends. */
  signal: AbortSignal;
}

/** Runs a benchmark, with the machine before and after it; the exit code is 0, 1 for missed goals if gated, or 130. */
export async function runBench(
  { gate }: { gate: boolean },
  work: (run: BenchRun) => void | Promise<void>,
): Promise<void> {
  const interrupted = new AbortController();
  const { signal } = interrupted;
  // The terminal, npm and `main.ts` may each pass it on: later ones change nothing.
  for (const name of ["SIGINT", "SIGTERM"]) {
    process.on(name, () => {
      if (!signal.aborted) console.log(`\n${name}: ending what was started`);
      interrupted.abort(new Error(`ended by ${name}`));
    });
  }
  const report = new Report();
  console.log(`machine: ${await describeMachine()}`);
  try {
    await work({ report, signal });
  } catch (error) {
    if (!signal.aborted) throw error;
    process.exitCode = 130;
    return;
  }
  console.log(`machine at the end: ${await describeMachine()}`);
  if (report.missed.length > 0) console.log(`Goals missed: ${report.missed.join(", ")}`);
  process.exitCode = gate && report.missed.length > 0 ? 1 : 0;
}
