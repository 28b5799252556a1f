// `npm run chaos -- --rounds 50 --seed 1`: lets things go wrong while clusters change, and checks what comes of it. `--from 40` goes on
// where a run of the same seed was interrupted, or repeats what failed there.
import { cp, rm } from "node:fs/promises";
import { parseArgs } from "node:util";
import { drawRounds, faultKinds } from "./rounds.ts";
import { chaosDirectory, runChaos } from "./run-chaos.ts";
import { SmallDisk } from "./small-disk.ts";

const usage = `usage: npm run chaos -- [--rounds NUMBER] [--seed NUMBER] [--from NUMBER] [--fault KIND ...]
kinds of faults: ${faultKinds.join(", ")}`;

const values = options();
const kinds = faultKinds.filter((kind) => values.fault.includes(kind));
const rounds = Number(values.rounds);
const from = Number(values.from);
const seed = Number(values.seed ?? Date.now() % 1_000_000);
const isWhole = [rounds, seed, from].every(Number.isInteger) && from >= 1 && from <= rounds;
if (!isWhole || kinds.length < new Set(values.fault).size) {
  console.error(usage);
  process.exit(2);
}
console.log(`rounds ${from} to ${rounds} of seed ${seed}; nodes are simulated`);
const interrupted = new AbortController();
// The terminal and npm may each pass it on: later ones change nothing.
for (const name of ["SIGINT", "SIGTERM"]) {
  process.on(name, () => {
    if (!interrupted.signal.aborted) console.log(`${name}: ending what was started`);
    interrupted.abort(new Error("interrupted"));
  });
}
const data = await chaosDirectory();
const disk = await SmallDisk.mount(data, 2_048).catch((error: Error) => {
  console.log(`NOT DONE HERE: rounds with a full disk, since none can be mounted: ${error.message}`);
  return undefined;
});
const possible = kinds.filter((kind) => kind !== "full disk" || disk !== undefined);
if (possible.length === 0) process.exit(1);
/** The same rounds, which the kinds of faults decide, too. */
const command = (first: number) =>
  [`npm run chaos -- --rounds ${rounds} --seed ${seed} --from ${first}`]
    .concat(kinds.length < faultKinds.length ? kinds.map((kind) => `--fault "${kind}"`) : [])
    .join(" ");
let next = from;
const print = (line: string) => {
  next++;
  console.log(line);
};
try {
  const { hits, slowestMs } = await runChaos({
    rounds: drawRounds(rounds, seed, possible),
    from,
    data,
    ...(disk ? { disk } : {}),
    print,
    signal: interrupted.signal,
  });
  console.log(
    `${rounds - from + 1} rounds, ${hits} hits: always right again, within ${(slowestMs / 1000).toFixed(1)} s`,
  );
} catch (error) {
  // A terminal interrupts Fairlead, too, and whoever holds the disk: what they say of it is no finding.
  if (interrupted.signal.aborted) {
    await rm(data, { recursive: true, force: true });
    console.log(`Interrupted. To go on: ${command(next)}`);
    process.exitCode = 130;
  } else {
    console.error(error);
    if (disk) await cp(disk.root, data, { recursive: true });
    console.error(`Again: ${command(from)}`);
    process.exitCode = 1;
  }
} finally {
  await disk?.[Symbol.asyncDispose]();
  await rm(`${data}.clock`, { force: true });
}

function options() {
  try {
    const { values } = parseArgs({
      options: {
        help: { type: "boolean", default: false },
        rounds: { type: "string", default: "50" },
        seed: { type: "string" },
        /** The first round to carry out: what those before would have changed is not changed then. */
        from: { type: "string", default: "1" },
        /** Only faults of these kinds. */
        fault: { type: "string", multiple: true, default: [...faultKinds] },
      },
    });
    if (!values.help) return values;
    console.log(usage);
    process.exit(0);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    console.error(usage);
    process.exit(2);
  }
}
