import { type Foundation, longestSourceDelayMs, requestFor } from "../foundation.ts";
import { specChanged } from "../relevant-changes.ts";
import { NodePortAccessReconciler } from "./reconcile.ts";

/** Each waits for a cloud, which counts requests. */
const concurrency = 2;

export function setUpNodePortAccess(foundation: Foundation): void {
  const { options, clusters, seeds, installation } = foundation;
  const reconciler = new NodePortAccessReconciler({ management: options.management, clusters, installation });
  const work = { concurrency, longestDelayMs: longestSourceDelayMs };
  const controller = foundation.ownController("node-port-access", reconciler, work);
  controller.watch(clusters, (cluster) => [requestFor(cluster)], { filter: specChanged });
  controller.watch(seeds, foundation.allClusters, { filter: specChanged });
}
