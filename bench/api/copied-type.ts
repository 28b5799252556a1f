import { installDefinitions } from "@fairlead/controllers";
import type { KubeClient, ResourceType } from "@fairlead/kube";
import { type Cluster, clusterType, crds } from "@fairlead/resources";

/** Clusters in another group: of the same schema, and neither Fairlead nor its webhooks hear of them. */
export const copiedType: ResourceType<Cluster> = {
  ...clusterType,
  group: "bench.fairlead.dev",
  apiVersion: `bench.fairlead.dev/${clusterType.version}`,
};

export async function installCopiedType(client: KubeClient, signal: AbortSignal): Promise<void> {
  const original = crds().find(({ metadata }) => metadata.name === `${clusterType.plural}.${clusterType.group}`);
  if (!original) throw new Error("there is no definition of Clusters");
  const definition = {
    ...original,
    metadata: { name: `${copiedType.plural}.${copiedType.group}` },
    spec: { ...original.spec, group: copiedType.group },
  };
  await installDefinitions(client, [definition], { signal });
}
