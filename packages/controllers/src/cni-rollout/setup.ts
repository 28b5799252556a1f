import { type Foundation, requestFor } from "../foundation.ts";
import { specChanged } from "../relevant-changes.ts";
import { CniRolloutReconciler } from "./reconcile.ts";

export function setUpCniRollout(foundation: Foundation): void {
  const { options, rollouts, clusters, installation } = foundation;
  const reconciler = new CniRolloutReconciler({ management: options.management, rollouts, clusters, installation });
  foundation
    .controller("cni-rollout", reconciler, { concurrency: 2 })
    .watch(rollouts, (rollout) => [requestFor(rollout)], { filter: specChanged });
}
