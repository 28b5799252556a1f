import { isDeepStrictEqual } from "node:util";
import { type ApiAuditEntry, type Cluster, type NetworkFields, networkFieldNames } from "@fairlead/resources";

/** The fields of the network that differ, each as it was and as it is. */
export function networkChange(
  before: Cluster | undefined,
  after: Cluster | undefined,
): Pick<ApiAuditEntry, "before" | "after"> {
  const old = networkFields(before);
  const now = networkFields(after);
  const differing = networkFieldNames.filter((name) => !isDeepStrictEqual(old[name], now[name]));
  if (differing.length === 0) return {};
  const pick = (fields: NetworkFields) =>
    Object.fromEntries(differing.flatMap((name) => (fields[name] === undefined ? [] : [[name, fields[name]]])));
  return { ...(before ? { before: pick(old) } : {}), ...(after ? { after: pick(now) } : {}) };
}

function networkFields(cluster: Cluster | undefined): NetworkFields {
  if (!cluster) return {};
  const { spec, metadata } = cluster;
  const unsafeLabels = Object.keys(metadata.labels ?? {})
    .filter((name) => name.startsWith("unsafe-"))
    .sort();
  return {
    version: spec.version,
    cniPlugin: spec.cniPlugin,
    clusterNetwork: spec.clusterNetwork,
    exposeStrategy: spec.exposeStrategy,
    apiServerAllowedIPRanges: spec.apiServerAllowedIPRanges,
    unsafeLabels: unsafeLabels.length > 0 ? unsafeLabels : undefined,
  };
}
