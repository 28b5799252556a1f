import { type Foundation, longestSourceDelayMs } from "../foundation.ts";
import { SystemApplicationsReconciler } from "./reconcile.ts";

export function setUpSystemApplications(foundation: Foundation): void {
  const { options, clusters, definitions, seeds, installation, configurations } = foundation;
  const { management, runner } = options;
  const controller = foundation.controller(
    "system-applications",
    new SystemApplicationsReconciler({ management, clusters, definitions, seeds, runner, installation }),
    { concurrency: 1, longestDelayMs: longestSourceDelayMs },
  );
  const all = () => [{ name: "all" }];
  controller.watch(configurations, all);
  controller.watch(definitions, all);
  controller.watch(seeds, all);
}
