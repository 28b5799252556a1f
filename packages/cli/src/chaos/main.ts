// `npm run chaos -- --rounds 50 --seed 1`: kills processes while a cluster's CNI is changed, and checks what comes of it.
import { parseArgs } from "node:util";
import { drawRounds } from "./rounds.ts";
import { runChaos } from "./run-chaos.ts";

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "50" }, seed: { type: "string" } },
});
const rounds = Number(values.rounds);
const seed = Number(values.seed ?? Date.now() % 1_000_000);
if (!Number.isInteger(rounds) || rounds < 1 || !Number.isInteger(seed)) {
  console.error("usage: npm run chaos -- [--rounds NUMBER] [--seed NUMBER]");
  process.exit(2);
}
console.log(`${rounds} rounds, seed ${seed}; nodes are simulated`);
const interrupted = new AbortController();
process.once("SIGINT", () => interrupted.abort(new Error("interrupted")));
try {
  const { kills, slowestMs } = await runChaos({
    rounds: drawRounds(rounds, seed),
    print: console.log,
    signal: interrupted.signal,
  });
  console.log(`${rounds} rounds, ${kills} kills: always right again, within ${(slowestMs / 1000).toFixed(1)} s`);
} catch (error) {
  console.error(error);
  console.error(`Again: npm run chaos -- --rounds ${rounds} --seed ${seed}`);
  process.exitCode = 1;
}
