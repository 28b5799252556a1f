import type { BinaryPhase, BinaryProgress, OnProgress } from "./progress.ts";

type Details = Pick<BinaryProgress, "done" | "total" | "note">;

/** Reports a step: adds the time since its phase began and, from the pace so far, an estimate for the rest of it. */
export type Report = (phase: BinaryPhase, details?: Details) => void;

/** Below this the pace says nothing yet. */
const minimalElapsedMs = 3_000;

export function phaseReporter(
  binary: { name: string; version: string },
  onProgress: OnProgress | undefined,
  now: () => number = Date.now,
): Report {
  let current: BinaryPhase | undefined;
  let began = now();
  return (phase, details = {}) => {
    if (phase !== current) {
      current = phase;
      began = now();
    }
    const elapsedMs = now() - began;
    const remainingMs = estimateRemaining(elapsedMs, details);
    onProgress?.({
      name: binary.name,
      version: binary.version,
      phase,
      ...details,
      elapsedMs,
      ...(remainingMs === undefined ? {} : { remainingMs }),
    });
  };
}

function estimateRemaining(elapsedMs: number, { done, total }: Details): number | undefined {
  if (!done || total === undefined || elapsedMs < minimalElapsedMs) return undefined;
  return Math.round((elapsedMs * Math.max(0, total - done)) / done);
}
