// One fleet of clusters, and what it costs: `npm run bench -- burst idle start-up --clusters 1000`.
import { parseArgs } from "node:util";
import { burst } from "./fleet/burst.ts";
import { calibrate } from "./fleet/calibrate.ts";
import { idle } from "./fleet/idle.ts";
import { describeMachine, Report } from "./fleet/report.ts";
import { startUp } from "./fleet/start-up.ts";
import { BenchWorld } from "./fleet/world.ts";

const gatedClusters = 1_000;
const parts = { idle, "start-up": startUp } as const;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    clusters: { type: "string", default: "1000" },
    /** Real user API servers to compare the stand-in with; 0 leaves it out. */
    real: { type: "string", default: "20" },
    requests: { type: "boolean", default: false },
    /** Of node, for the manager: `--cpu-prof`. */
    "manager-arg": { type: "string", multiple: true, default: [] },
  },
});
const clusters = Number(values.clusters);
const real = positionals.includes("burst") ? Number(values.real) : 0;
const { requests } = values;
const report = new Report({ gated: clusters <= gatedClusters });
console.log(`machine: ${await describeMachine()}`);
console.log(
  "user clusters: the bench's stand-in API server, which keeps objects in memory; CNI: the Canal add-on; control planes are up at once",
);
{
  await using world = await BenchWorld.start({ real: real > 0 });
  await world.startManager(values["manager-arg"]);
  await world.project();
  if (real > 0) await calibrate(world, { clusters: real, report, requests });
  await burst(world, { clusters, report, requests });
  for (const [name, run] of Object.entries(parts)) {
    if (positionals.includes(name)) await run(world, { clusters, report, requests });
  }
}
console.log(`machine at the end: ${await describeMachine()}`);
if (report.missed.length > 0) console.log(`Goals missed: ${report.missed.join(", ")}`);
process.exitCode = report.ok ? 0 : 1;
