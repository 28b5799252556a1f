/**
 * Preloaded into a Fairlead under test (`node --import`): on SIGUSR2 its clock is set by the milliseconds that stand in the
 * file of FAIRLEAD_CHAOS_CLOCK. Timers, and the servers beside it, go on as they were, as after a step of the machine's clock.
 * @module
 */
import { readFileSync } from "node:fs";

const RealDate = Date;
let offsetMs = 0;

class ShiftedDate extends RealDate {
  constructor(...values: unknown[]) {
    super(...((values.length === 0 ? [ShiftedDate.now()] : values) as [number]));
  }

  static override now(): number {
    return RealDate.now() + offsetMs;
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return Object.prototype.toString.call(value) === "[object Date]";
  }
}

globalThis.Date = ShiftedDate as DateConstructor;
process.on("SIGUSR2", () => {
  offsetMs = Number(readFileSync(process.env.FAIRLEAD_CHAOS_CLOCK ?? "", "utf8"));
});
