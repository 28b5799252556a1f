import { createHash } from "node:crypto";

const leastMs = 5 * 60_000;
/**
 * A look takes a core 8 ms for each of some hundred clusters and 27 ms for each of 10,000, whose memory makes collecting garbage
 * dear: however many there are, all looks together take a fifth of one at most. A list of one kind takes a third of that.
 */
const forEachClusterMs = { look: 150, list: 50 };
/** A look is not followed by the next one at once. */
const soonestMs = 30_000;

/** After what time a cluster is looked at again though nothing told of a change, in milliseconds. @param clusters how many there are */
export function lookIntervalMs(clusters: number): number {
  return Math.max(leastMs, clusters * forEachClusterMs.look);
}

/** The same for objects of one kind, in a cluster that sleeps. */
export function listIntervalMs(clusters: number): number {
  return Math.max(leastMs, clusters * forEachClusterMs.list);
}

/**
 * Until a cluster's next look, in milliseconds: whoever looks at it does so at the same time, and clusters follow one another evenly.
 * @param clusters how many there are
 * @param nowMs since 1970
 */
export function untilNextLookMs(clusterId: string, clusters: number, nowMs: number): number {
  const intervalMs = lookIntervalMs(clusters);
  const left = intervalMs - ((nowMs + phaseOf(clusterId)) % intervalMs);
  return left < soonestMs ? left + intervalMs : left;
}

function phaseOf(clusterId: string): number {
  return createHash("sha256").update(clusterId).digest().readUInt32BE();
}
