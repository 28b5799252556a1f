import { costFigures, measure, type PartOptions, printRequests } from "./burst.ts";
import type { BenchWorld } from "./world.ts";

/** The manager is killed, and a new one finds all clusters as they are. */
export async function startUp(world: BenchWorld, { clusters, report, requests }: PartOptions): Promise<void> {
  await world.idle();
  await world.stopManager("SIGKILL");
  const since = performance.now();
  await world.startManagerAgain();
  const cost = await measure(world, () => world.idle());
  const seconds = (performance.now() - since) / 1000;
  report.add(
    { what: `start-up: ${clusters} clusters, until the queues are empty`, value: seconds, unit: "s" },
    { what: "start-up: writes to user clusters", value: cost.writes, unit: "writes" },
    ...costFigures("start-up", cost, clusters),
  );
  if (requests) printRequests(cost, clusters);
}
