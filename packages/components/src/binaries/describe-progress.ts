import type { BinaryProgress } from "./progress.ts";

const units: Partial<Record<BinaryProgress["phase"], string>> = { downloading: "modules", compiling: "packages" };

/** `compiling 312 of 1204 packages, 80 s so far, about 3 min left` */
export function describeProgress(progress: BinaryProgress): string {
  const { phase, done, total, elapsedMs, remainingMs, note } = progress;
  const amount = total === undefined ? (done ? ` ${done}` : "") : ` ${done ?? 0} of ${total}`;
  const counted = amount === "" ? phase : `${phase}${amount} ${units[phase] ?? ""}`.trimEnd();
  return [
    // The linker names no packages, so the last stretch of a build would look stuck.
    phase === "compiling" && total !== undefined && done === total ? "linking" : counted,
    ...(note === undefined ? [] : [note]),
    ...(elapsedMs < 1_000 ? [] : [`${duration(elapsedMs)} so far`]),
    ...(remainingMs ? [`about ${duration(remainingMs)} left`] : []),
  ].join(", ");
}

function duration(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1_000));
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
