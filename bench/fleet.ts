// One fleet of clusters, and what it costs: `npm run bench -- burst idle start-up --clusters 1000`.
import { parseArgs } from "node:util";
import { usualSleepAfterMs } from "@fairlead/controllers";
import { burst, type Cni, canal } from "./fleet/burst.ts";
import { calibrate } from "./fleet/calibrate.ts";
import { idle } from "./fleet/idle.ts";
import { startUp } from "./fleet/start-up.ts";
import { BenchWorld } from "./fleet/world.ts";
import { optionsOf } from "./options.ts";
import { runBench } from "./run-bench.ts";

const parts = { idle, "start-up": startUp } as const;

const { values, positionals } = parseArgs({ allowPositionals: true, options: optionsOf("fleet") });
const clusters = Number(values.clusters);
const real = positionals.includes("burst") ? Number(values.real) : 0;
const { requests } = values;
if (values.cni !== "canal" && values.cni !== "none") throw new Error("--cni: expected canal or none");
const cni: Cni = values.cni === "none" ? { type: "none", version: "" } : canal;
await runBench(values, async ({ report, signal }) => {
  console.log(
    `user clusters: the bench's stand-in API server, which keeps objects in memory; CNI: ${cni.type === "none" ? "none" : "the Canal add-on"}; control planes are up at once`,
  );
  await using world = await BenchWorld.start({ real: real > 0, signal });
  await world.startManager(values["manager-arg"], { sleepAfterMs: usualSleepAfterMs });
  await world.project();
  if (real > 0) await calibrate(world, { clusters: real, report, requests });
  await burst(world, { clusters, report, requests, cni });
  for (const [name, run] of Object.entries(parts)) {
    if (positionals.includes(name)) await run(world, { clusters, report, requests });
  }
});
