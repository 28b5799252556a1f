import { type Foundation, requestFor } from "../foundation.ts";
import type { SeedOptions } from "../manager.ts";
import { concernsSeed } from "../relevant-changes.ts";
import { SeedReconciler } from "./reconcile.ts";

/** Each waits for a seed that may not answer. */
const concurrency = 8;

export function setUpSeed(foundation: Foundation, settings: SeedOptions): void {
  const { options, seeds, clusters, installation, configurations } = foundation;
  const { management } = options;
  const reconciler = new SeedReconciler({ ...settings, management, seeds, clusters, installation });
  const controller = foundation.controller("seed", reconciler, { concurrency });
  controller.watch(seeds, (seed) => [requestFor(seed)], { filter: concernsSeed });
  controller.watch(configurations, () => seeds.list().map(requestFor));
}
