import { builtin, forEachConcurrently, type KubeObject, type ResourceType } from "@fairlead/kube";
import { addonType, clusterNamespace, clusterType } from "@fairlead/resources";
import { startTestApiServer } from "@fairlead/testkit";
import type { BenchWorld } from "./world.ts";

const writersAtOnce = 16;

/**
 * How long a bare kube-apiserver needs to store what a cluster consists of: its Cluster, Namespace, Secret and Addons, and
 * what is in the user cluster, all of them in the bytes that they have. They are stored as ConfigMaps, so that neither
 * schemas nor webhooks take part; etcd does not sync to the disk.
 */
export async function rawStore(world: BenchWorld, { clusters, of }: { clusters: number; of: string }) {
  const objects = await objectsOf(world, of);
  const texts = objects.map((object) => JSON.stringify(object));
  await using server = await startTestApiServer({ signal: world.signal });
  const client = server.client();
  const work = Array.from({ length: clusters * texts.length }, (_, index) => index);
  const since = performance.now();
  await forEachConcurrently(work, writersAtOnce, async (index) => {
    world.signal.throwIfAborted();
    const data = { object: texts[index % texts.length] ?? "" };
    await client.create(builtin.ConfigMap, { metadata: { name: `raw-${index}`, namespace: "default" }, data });
  });
  return { seconds: (performance.now() - since) / 1000, clusters, objects: objects.length };
}

async function objectsOf(world: BenchWorld, id: string): Promise<object[]> {
  const { client } = world;
  const namespace = clusterNamespace(id);
  const own: object[] = [
    await client.get(clusterType, { name: id }),
    await client.get(builtin.Namespace, { name: namespace }),
  ];
  for (const type of [addonType, builtin.Secret, builtin.ConfigMap, builtin.ServiceAccount]) {
    own.push(...(await client.list(type as ResourceType<KubeObject>, { namespace })).items);
  }
  return [...own, ...(await world.objectsOf(id))];
}
