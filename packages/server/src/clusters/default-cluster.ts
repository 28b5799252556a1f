import { defaultKubernetesVersion, type Installation, judgeNewCluster, seedTemplate } from "@fairlead/admission";
import type { ProviderName } from "@fairlead/network";
import type { ApiCluster, ClusterSpec } from "@fairlead/resources";
import { toApiCluster } from "./api-cluster.ts";
import { platformDefaults } from "./cluster-request.ts";

/**
 * The cluster that somebody gets who chooses a provider and a datacenter and nothing else: once it has a name, it can be
 * sent as it is.
 */
export function defaultCluster(installation: Installation, provider: ProviderName, dc: string): ApiCluster {
  const version = seedTemplate(installation, dc)?.spec.version ?? defaultKubernetesVersion(installation) ?? "";
  const requested = { humanReadableName: "", version, cloud: { dc, [provider]: {} } };
  const { spec } = judgeNewCluster(requested, installation);
  return toApiCluster({ metadata: {}, spec: { ...platformDefaults, ...(spec as ClusterSpec) } });
}
