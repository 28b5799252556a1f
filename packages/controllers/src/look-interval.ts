import { hash } from "node:crypto";

const leastMinutes = 5;
/**
 * A look takes a core 6 ms for each of 1,000 clusters and 8 ms for each of 10,000, whose memory makes collecting garbage dear:
 * however many there are, all looks together take a fifth of one at most.
 */
const clustersAMinute = 1_000;
/** A look is not followed by the next one at once. */
const soonestMs = 30_000;

/** After what time a cluster is looked at again though nothing told of a change, in milliseconds. @param clusters how many there are */
export function lookIntervalMs(clusters: number): number {
  return Math.max(leastMinutes, Math.ceil(clusters / clustersAMinute)) * 60_000;
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
  return hash("sha256", clusterId, "buffer").readUInt32BE();
}
