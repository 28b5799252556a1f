import { builtin, type KubeObject } from "@fairlead/kube";
import { clusterNamespace } from "@fairlead/resources";
import { type Foundation, requestFor } from "../foundation.ts";
import { concernsControlPlane, concernsSeed } from "../relevant-changes.ts";
import type { TunnelReconciler } from "../tunnel/reconcile.ts";
import { clusterLabel, digestOnly } from "./published.ts";
import { ADMIN_KUBECONFIG_SECRET, ClusterReconciler } from "./reconcile.ts";

/** Most of the time is spent waiting for API servers; how many control planes start at once, their provider knows. */
const concurrency = 64;

export function setUpCluster(foundation: Foundation, tunnels: Pick<TunnelReconciler, "planOf">): void {
  const { options, clusters, templates, configurations, seeds, installation, userClusters } = foundation;
  const namespaces = foundation.informer<KubeObject>(builtin.Namespace, { labelSelector: clusterLabel });
  const kubeconfigs = foundation.informer(builtin.Secret, {
    fieldSelector: `metadata.name=${ADMIN_KUBECONFIG_SECRET}`,
    transform: digestOnly,
  });
  const reconciler = new ClusterReconciler({
    ...options,
    clusters,
    templates,
    namespaces,
    kubeconfigs,
    installation,
    userClusters,
    tunnelOf: (cluster) => tunnels.planOf(cluster),
  });
  const controller = foundation.ownController("cluster", reconciler, { concurrency });
  controller.watch(clusters, (cluster) => [requestFor(cluster)], { filter: concernsControlPlane });
  controller.watch(configurations, foundation.allClusters);
  controller.watch(seeds, foundation.allClusters, { filter: concernsSeed });
  namespaces.addHandler({
    onDelete: ({ metadata }) => controller.enqueue({ name: metadata.labels?.[clusterLabel] ?? "" }),
  });
  kubeconfigs.addHandler({
    onDelete: ({ metadata }) => controller.enqueue({ name: clusterOfNamespace(metadata.namespace) }),
  });
  options.provider.onChange((id) => controller.enqueue({ name: id }));
  userClusters.onLoss((id) => controller.enqueue({ name: id }));
  userClusters.onTurn((id) => controller.enqueue({ name: id }));
}

function clusterOfNamespace(namespace = ""): string {
  return namespace.slice(clusterNamespace("").length);
}
