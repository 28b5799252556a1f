import { setTimeout as sleep } from "node:timers/promises";
import { costFigures, measure, type PartOptions, printRequests } from "./burst.ts";
import { managementWrites } from "./management-requests.ts";
import type { BenchWorld } from "./world.ts";

/** What was read of a cluster is shared for a second. */
const sharedMs = 2_000;

/** Every controller looks at everything once more, and nothing is different. */
export async function idle(world: BenchWorld, { clusters, report, requests }: PartOptions): Promise<void> {
  await world.idle();
  const resync = async () => {
    await world.resync();
    await world.idle();
  };
  // A cluster's objects are read whole once, and by metadata alone while they are as they were then.
  const first = await measure(world, resync);
  report.add(
    { what: `idle: first look at ${clusters} clusters`, value: first.seconds, unit: "s" },
    {
      what: "idle: first look, CPU of the manager, a cluster",
      value: (first.managerCpu / clusters) * 1000,
      unit: "ms",
    },
  );
  await sleep(sharedMs);
  const before = await managementWrites(world.client);
  const cost = await measure(world, resync);
  const writes = (await managementWrites(world.client)) - before;
  report.add(
    { what: `idle: resync of ${clusters} clusters`, value: cost.seconds, unit: "s", limit: 60 },
    { what: "idle: writes to the management API", value: writes, unit: "writes", limit: 0 },
    { what: "idle: writes to user clusters", value: cost.writes, unit: "writes", limit: 0 },
    { what: "idle: CPU of the manager in all", value: cost.managerCpu, unit: "s" },
    ...costFigures("idle", cost, clusters),
  );
  if (requests) printRequests(cost, clusters);
}
