import { setTimeout as sleep } from "node:timers/promises";
import { errnoOf } from "../errors.ts";

/** Sends a signal; false if there is no such process. */
export function sendSignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if (errnoOf(error) === "ESRCH") return false;
    throw error;
  }
}

/** Kills what is left of a child's process group. Harmless if nothing is. */
export function killGroup(leader: number): void {
  sendSignal(-leader, "SIGKILL");
}

/** Waits until `gone` holds; false if it does not within the time. */
export async function waitUntil(gone: () => Promise<boolean>, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (!(await gone())) {
    if (Date.now() >= deadline) return false;
    await sleep(50);
  }
  return true;
}
