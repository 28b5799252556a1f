import type { Cluster } from "@fairlead/resources";
import { SPEC_VALID } from "./status.ts";

/** What has not come up by then is told of. */
const patienceMs = 5_000;

/**
 * A cluster that was accepted a moment ago has nothing ready yet: a controller that is about to say so for the first time may wait, and
 * say what comes of it instead. Each word costs a write, and wakes everybody who watches.
 * @param condition the one that would be written
 * @returns milliseconds until it is to be written anyhow; 0: now
 */
export function patience({ status }: Cluster, condition: string, now: Date): number {
  const { [SPEC_VALID]: accepted, [condition]: said } = status?.conditions ?? {};
  if (said) return 0;
  if (!accepted) return patienceMs; // It is about to be.
  if (accepted.status !== "True" || !accepted.lastTransitionTime) return 0;
  const age = now.getTime() - Date.parse(accepted.lastTransitionTime);
  return age < 0 ? 0 : Math.max(0, patienceMs - age);
}
