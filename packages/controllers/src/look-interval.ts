const leastMs = 5 * 60_000;
/** A look takes a core 7 to 15 ms for each cluster: however many there are, all looks together take a tenth of one. */
const forEachClusterMs = 150;

/** After what time a cluster is looked at again though nothing told of a change, in milliseconds. @param clusters how many there are */
export function lookIntervalMs(clusters: number): number {
  return Math.max(leastMs, clusters * forEachClusterMs);
}
