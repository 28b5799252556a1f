import { builtin, waitFor } from "@fairlead/kube";
import { addonType, type Cluster, clusterNamespace, clusterType } from "@fairlead/resources";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createClusters, names } from "../../bench/fleet/burst.ts";
import { FleetFollower } from "../../bench/fleet/follow.ts";
import { BenchWorld, benchCluster } from "../../bench/fleet/world.ts";

const healthy = names("healthy", 12);
const silent = names("silent", 12);
const slow = names("slow", 6);

let world: BenchWorld;
let follower: FleetFollower;

beforeAll(async () => {
  world = await BenchWorld.start({ real: false });
  await world.startManager();
  await world.project();
  follower = new FleetFollower(world.client);
  await follower.synced();
});

afterAll(async () => {
  follower?.stop();
  await world?.[Symbol.asyncDispose]();
});

const cluster = (name: string) => world.client.get(clusterType, { name });

const says = async (name: string): Promise<string> =>
  (await cluster(name)).status?.conditions?.ClusterControllerReconciledSuccessfully?.message ?? "";

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const since = performance.now();
  await work();
  return (performance.now() - since) / 1000;
}

describe("user clusters that do not answer, or take long", () => {
  let alone: number;

  it("do not keep others from being reconciled", async () => {
    await createClusters(world, names("warm", 4)); // Charts are rendered, code is compiled.
    await follower.until(4, 120_000);
    alone = await seconds(async () => {
      await createClusters(world, healthy.slice(0, 6));
      await follower.until(10, 120_000);
    });
    for (const id of silent) await world.fault(id, { line: "hang" });
    for (const id of slow) await world.fault(id, { delayMs: 3_000 });
    await createClusters(world, [...silent, ...slow]);
    await waitFor(async () => (await says(silent[0] ?? "")).includes("cannot reach its API server"), {
      what: "a silent cluster to be noticed",
      timeoutMs: 60_000,
    });
    const beside = await seconds(async () => {
      await createClusters(world, healthy.slice(6));
      await follower.until(16, 120_000);
    });
    // Each of the others would hold a worker for 15 seconds and more.
    expect(beside).toBeLessThan(alone * 2 + 10);
    const done = names("warm", 4).concat(healthy);
    expect((await Promise.all([...silent, ...slow].map(cluster))).filter(isReconciled)).toEqual([]);
    expect((await Promise.all(done.map(cluster))).every(isReconciled)).toBe(true);
  });

  it("are reconciled once they answer", async () => {
    for (const id of [...silent.slice(0, 3), ...slow.slice(0, 3)]) await world.fault(id, {});
    await follower.until(22, 180_000);
  });
});

it("a change by a user comes before a resync of everything", async () => {
  const [id = ""] = healthy;
  await world.resync();
  const namespace = clusterNamespace(id);
  await world.client.delete(addonType, { name: "kube-proxy", namespace });
  const took = await seconds(() =>
    waitFor(async () => (await world.client.find(addonType, { name: "kube-proxy", namespace }))?.metadata.uid, {
      what: "the Addon to be back",
      timeoutMs: 60_000,
    }),
  );
  expect(took).toBeLessThan(20);
});

it("a burst of new clusters keeps no other one waiting, and each says that its turn will come", async () => {
  const before = follower.reconciled;
  const burst = names("burst", 80);
  await createClusters(world, burst);
  const last = burst.at(-1) ?? "";
  await waitFor(async () => (await says(last)).includes("set up when those before it are"), {
    what: "the last one to wait for its turn",
    timeoutMs: 60_000,
  });
  const kubeconfig = { name: "admin-kubeconfig", namespace: clusterNamespace(healthy[1] ?? "") };
  await world.client.delete(builtin.Secret, kubeconfig);
  await waitFor(() => world.client.find(builtin.Secret, kubeconfig), {
    what: "the kubeconfig of another one to be back",
    timeoutMs: 60_000,
  });
  const { reason } = (await cluster(last)).status?.conditions?.ClusterControllerReconciledSuccessfully ?? {};
  expect(reason).toBe("WaitingForTurn");
  await follower.until(before + burst.length, 300_000);
});

it("a cluster of another manager is left alone until it is ours, and once it no longer is", async () => {
  const id = "other-00000";
  const { metadata, spec } = benchCluster(id, { type: "canal", version: "v3.31" });
  await world.client.create(clusterType, {
    metadata: { ...metadata, labels: { ...metadata.labels, "worker-name": "b" } },
    spec,
  });
  await createClusters(world, ["marker-00000"]); // Ours, and later: when it is done, the other one would be, too.
  await waitFor(async () => isReconciled(await cluster("marker-00000")), { what: "the marker", timeoutMs: 120_000 });
  expect((await cluster(id)).status?.conditions).toBeUndefined();
  expect(await world.client.find(builtin.Namespace, { name: clusterNamespace(id) })).toBeUndefined();
  await giveTo(id, null);
  await waitFor(async () => isReconciled(await cluster(id)), { what: "it to be reconciled", timeoutMs: 120_000 });
  await waitFor(async () => (await world.openWatchesOf(id)) > 0, { what: "it to be watched", timeoutMs: 60_000 });

  await giveTo(id, "b");
  await waitFor(async () => (await world.openWatchesOf(id)) === 0, { what: "its watches to end", timeoutMs: 60_000 });
  const kubeconfig = { name: "admin-kubeconfig", namespace: clusterNamespace(id) };
  await world.client.delete(builtin.Secret, kubeconfig);
  await createClusters(world, ["marker-00001"]);
  await waitFor(async () => isReconciled(await cluster("marker-00001")), { what: "the marker", timeoutMs: 120_000 });
  expect(await world.client.find(builtin.Secret, kubeconfig)).toBeUndefined();
  await giveTo(id, null);
  await waitFor(() => world.client.find(builtin.Secret, kubeconfig), { what: "its kubeconfig", timeoutMs: 60_000 });
});

async function giveTo(id: string, worker: string | null): Promise<void> {
  await world.client.mergePatch(clusterType, { name: id }, { metadata: { labels: { "worker-name": worker } } });
}

function isReconciled({ status }: Cluster): boolean {
  const conditions = status?.conditions;
  return ["ClusterControllerReconciledSuccessfully", "CNIReady"].every((type) => conditions?.[type]?.status === "True");
}
