import { waitFor } from "@fairlead/kube";
import { clusterType } from "@fairlead/resources";
import { type Cost, createClusters, measure, names, type PartOptions } from "./burst.ts";
import { FleetFollower } from "./follow.ts";
import { type BenchWorld, benchCluster } from "./world.ts";

const timeoutMs = 30 * 60_000;

/**
 * The same clusters twice: with real user API servers, which run already, and with the stand-in. What the manager does must
 * be the same, or the stand-in's figures say nothing.
 */
export async function calibrate(world: BenchWorld, { clusters, report }: PartOptions): Promise<void> {
  const real = names("real", clusters);
  const defaulted = await Promise.all(
    real.map((id) =>
      world.client.create(clusterType, benchCluster(id, { type: "canal", version: "v3.31" }), { dryRun: true }),
    ),
  );
  await world.prepareReal(defaulted);
  const [withReal, withStandIn] = [await run(world, real), await run(world, names("calibration", clusters))];
  const compare = (what: string, unit: string, of: (cost: Cost) => number) =>
    report.add({
      what: `calibration: ${what}, real user API servers`,
      value: of(withReal) / clusters,
      unit,
      reference: { what: "stand-in", value: of(withStandIn) / clusters },
    });
  compare("wall time a cluster", "s", (cost) => cost.seconds);
  compare("CPU of the manager a cluster", "ms", (cost) => cost.managerCpu * 1000);
  const all = [...real, ...names("calibration", clusters)];
  for (const name of all) await world.client.delete(clusterType, { name });
  // Real control planes that go away must not weigh on what is measured next.
  await waitFor(async () => (await world.client.list(clusterType)).items.length === 0, {
    what: "the calibration's clusters to be gone",
    timeoutMs,
    signal: world.signal,
  });
}

async function run(world: BenchWorld, ids: string[]): Promise<Cost> {
  const follower = new FleetFollower(world.client, world.signal);
  await follower.synced();
  const all = follower.reconciled + ids.length; // Counted before: the first are reconciled before the last is created.
  try {
    return await measure(world, async () => {
      await createClusters(world, ids);
      await follower.until(all, timeoutMs);
    });
  } finally {
    follower.stop();
  }
}
