import type { ApplicationInstallation } from "@fairlead/resources";
import { type Foundation, longestSourceDelayMs, requestFor } from "../foundation.ts";
import type { UserClusterInformers } from "../user-clusters/user-cluster-informers.ts";
import { concernsApplications } from "./plan.ts";
import { ApplicationInstallationReconciler } from "./reconcile.ts";

/** helm waits for roll-outs, so many installations may be under way at once. */
const concurrency = 8;

export function setUpApplicationInstallation(
  foundation: Foundation,
  installations: UserClusterInformers<ApplicationInstallation>,
): void {
  const { options, clusters, definitions, userClusters, installation } = foundation;
  const { management, runner } = options;
  const controller = foundation.ownController(
    "application-installation",
    new ApplicationInstallationReconciler({
      management,
      clusters,
      definitions,
      installations,
      userClusters,
      runner,
      installation,
    }),
    { concurrency, longestDelayMs: longestSourceDelayMs },
  );
  controller.watch(
    clusters,
    ({ metadata: { name: id = "" } }) =>
      (installations.get(id)?.list() ?? []).map((object) => ({ ...requestFor(object), cluster: id })),
    { filter: concernsApplications },
  );
  controller.watch(definitions, ({ metadata }) =>
    [...installations.all()].flatMap(([id, object]) =>
      object.spec.applicationRef.name === metadata.name ? [{ ...requestFor(object), cluster: id }] : [],
    ),
  );
}
