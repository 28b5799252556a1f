import { setImmediate as nextTurn } from "node:timers/promises";

const longestMs = 10;

/** On `performance.now()`'s clock: when the present turn of the event loop was asked about first. */
let began: number | undefined;

/**
 * Lets timers and I/O have their turn if work that waits for neither has kept the event loop for 10 ms, in all that ask here together:
 * thousands of reconciliations that find nothing to do follow one another without it.
 */
export async function takeBreath(): Promise<void> {
  const now = performance.now();
  if (began === undefined) {
    began = now;
    setImmediate(() => {
      began = undefined;
    });
  } else if (now - began >= longestMs) await nextTurn();
}
