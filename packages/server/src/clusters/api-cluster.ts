import {
  type ApiCluster,
  type ApiClusterSpec,
  type Cluster,
  type ClusterSpec,
  clusterTemplateAnnotation,
  initialCniValuesAnnotation,
} from "@fairlead/resources";
import { zeroTime } from "../http/time.ts";
import { withoutSystemLabels } from "./labels.ts";
import { publicCloud } from "./public-cloud.ts";

/** Annotations that clients may see; others hold requests that can carry secrets, or belong to tools. */
export const shownAnnotations = [initialCniValuesAnnotation, clusterTemplateAnnotation, "presetName"];

/** A Cluster as the REST API shows it: never with credentials. */
export function toApiCluster(cluster: Cluster): ApiCluster {
  const { metadata, spec, status } = cluster;
  const conditions = Object.entries(status?.conditions ?? {}).map(([type, condition]) => ({ type, ...condition }));
  const labels = withoutSystemLabels(metadata.labels);
  const annotations = Object.fromEntries(
    Object.entries(metadata.annotations ?? {}).filter(([name]) => shownAnnotations.includes(name)),
  );
  return {
    id: metadata.name ?? "",
    name: spec.humanReadableName,
    ...(isEmpty(annotations) ? {} : { annotations }),
    creationTimestamp: metadata.creationTimestamp ?? zeroTime,
    ...(metadata.deletionTimestamp ? { deletionTimestamp: metadata.deletionTimestamp } : {}),
    ...(isEmpty(labels) ? {} : { labels }),
    ...(status?.inheritedLabels ? { inheritedLabels: status.inheritedLabels } : {}),
    type: "kubernetes",
    spec: toApiClusterSpec(spec),
    status: {
      version: status?.versions?.controlPlane ?? "",
      url: status?.address?.url ?? "",
      // Fairlead runs no cloud controller manager, so there is nothing to migrate.
      externalCCMMigration: "Unsupported",
      ...(conditions.length > 0 ? { conditions: conditions.toSorted((a, b) => (a.type < b.type ? -1 : 1)) } : {}),
    },
  };
}

/** Never with credentials. */
export function toApiClusterSpec(spec: ClusterSpec): ApiClusterSpec {
  const { clientSecret: _, ...oidc } = spec.oidc ?? {};
  return {
    cloud: publicCloud(spec.cloud),
    version: spec.version,
    oidc,
    machineNetworks: spec.machineNetworks,
    updateWindow: spec.updateWindow,
    usePodSecurityPolicyAdmissionPlugin: spec.usePodSecurityPolicyAdmissionPlugin,
    usePodNodeSelectorAdmissionPlugin: spec.usePodNodeSelectorAdmissionPlugin,
    useEventRateLimitAdmissionPlugin: spec.useEventRateLimitAdmissionPlugin,
    enableUserSSHKeyAgent: spec.enableUserSSHKeyAgent,
    enableOperatingSystemManager: spec.enableOperatingSystemManager,
    kubernetesDashboard: spec.kubernetesDashboard,
    auditLogging: spec.auditLogging && {
      enabled: spec.auditLogging.enabled,
      policyPreset: spec.auditLogging.policyPreset,
    },
    admissionPlugins: spec.admissionPlugins,
    podNodeSelectorAdmissionPluginConfig: spec.podNodeSelectorAdmissionPluginConfig,
    eventRateLimitConfig: spec.eventRateLimitConfig,
    serviceAccount: spec.serviceAccount,
    opaIntegration: spec.opaIntegration,
    mla: spec.mla,
    containerRuntime: spec.containerRuntime,
    clusterNetwork: spec.clusterNetwork,
    cniPlugin: spec.cniPlugin,
    exposeStrategy: spec.exposeStrategy,
    apiServerAllowedIPRanges: spec.apiServerAllowedIPRanges,
  };
}

function isEmpty(map: Record<string, string>): boolean {
  return Object.keys(map).length === 0;
}

/** What a PATCH can change of it, which its tag is made of. */
export function editableCluster({ name, labels, annotations, spec }: ApiCluster): object {
  return { name, labels, annotations, spec };
}
