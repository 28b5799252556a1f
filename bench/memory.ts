// What the manager needs for one more cluster, with and without a live connection to it: `npm run bench -- memory`.
import { parseArgs } from "node:util";
import { waitFor } from "@fairlead/kube";
import { createClusters, names } from "./fleet/burst.ts";
import { FleetFollower } from "./fleet/follow.ts";
import type { Figure } from "./fleet/report.ts";
import { BenchWorld } from "./fleet/world.ts";
import { optionsOf } from "./options.ts";
import { runBench } from "./run-bench.ts";

/** The first ones fill caches, compile code and let go of what only a start needs. */
const warmUp = 100;
const first = 100;
const more = 200;
const goalKilobytes = 250;
const sleepAfterMs = 3_000;
const timeoutMs = 1_800_000;

const modes: { what: string; settings: { sleepAfterMs?: number }; goal?: number }[] = [
  { what: "watched", settings: {} },
  { what: "asleep", settings: { sleepAfterMs }, goal: goalKilobytes },
];

const { values } = parseArgs({ options: optionsOf("memory") });
await runBench(values, async ({ report, signal }) => {
  console.log("user clusters: the bench's stand-in API server; CNI: the Canal add-on; after garbage collections");
  for (const mode of modes) report.add(...(await measureMode(mode, signal)));
});

async function measureMode({ what, settings, goal }: (typeof modes)[number], signal: AbortSignal): Promise<Figure[]> {
  await using world = await BenchWorld.start({ real: false, signal });
  // Code that is thrown away when it has not run for a while would be counted against what clusters need.
  await world.startManager(["--expose-gc", "--no-flush-bytecode"], settings);
  await world.project();
  const follower = new FleetFollower(world.client, signal);
  await follower.synced();
  const add = async (prefix: string, count: number) => {
    const all = follower.reconciled + count; // Counted before: the first are reconciled before the last is created.
    await createClusters(world, names(prefix, count));
    await follower.until(all, timeoutMs);
    await world.idle();
    if (settings.sleepAfterMs) await untilNothingIsOpen(world);
    return await world.memory();
  };
  await add("a", warmUp);
  const before = await add("b", first);
  const after = await add("c", more);
  const { openConnections } = await world.counts();
  follower.stop();
  const clusters = warmUp + first + more;
  return [
    {
      what: `memory: one more cluster, ${what}`,
      value: (after.live - before.live) / more / 1000,
      unit: "kB",
      ...(goal ? { limit: goal } : {}),
    },
    {
      what: `memory: open connections to a cluster, ${what}`,
      value: openConnections / clusters,
      unit: "",
      ...(goal ? { limit: 0 } : {}),
    },
    {
      what: `memory: resident, with what the heap has spare after ${more} at once, ${what}`,
      value: (after.rss - before.rss) / more / 1000,
      unit: "kB a cluster",
    },
    { what: `memory: resident, manager with ${clusters} clusters, ${what}`, value: after.rss / 2 ** 20, unit: "MiB" },
  ];
}

/** Connections last half a minute longer than what they were made for. */
async function untilNothingIsOpen(world: BenchWorld): Promise<void> {
  await waitFor(async () => (await world.counts()).openConnections === 0, {
    what: "all connections to user clusters to be closed",
    timeoutMs,
    intervalMs: 500,
    signal: world.signal,
  });
}
