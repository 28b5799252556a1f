// `npm run bench`: every benchmark, or those named: `npm run bench -- rules embedded`, `npm run bench -- burst --clusters 1000`.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { type Benchmark, benchmarks, partsOfFleet, usage } from "./options.ts";

const parameters = process.argv.slice(2);
const firstFlag = parameters.findIndex((parameter) => parameter.startsWith("-"));
const wanted = firstFlag < 0 ? parameters : parameters.slice(0, firstFlag);
const flags = firstFlag < 0 ? [] : parameters.slice(firstFlag);
if (flags.includes("--help") || flags.includes("-h")) {
  console.log(usage());
  process.exit(0);
}
const ofFleet: readonly string[] = partsOfFleet;
const single = Object.keys(benchmarks).filter((name) => name !== "fleet");
const unknown = wanted.filter((name) => !single.includes(name) && !ofFleet.includes(name));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(", ")}; npm run bench -- --help tells which there are`);
  process.exit(2);
}
const chosen = wanted.length > 0 ? wanted : [...single, ...ofFleet];
const fleet = chosen.filter((name) => ofFleet.includes(name));
const runs = [
  ...chosen
    .filter((name) => single.includes(name))
    .map((name) => ({ name, file: name, args: flagsFor(name as Benchmark) })),
  ...(fleet.length > 0 ? [{ name: fleet.join(", "), file: "fleet", args: [...fleet, ...flagsFor("fleet")] }] : []),
];
const taken = new Set(runs.flatMap(({ args }) => args));
const useless = flags.filter((flag) => flag.startsWith("-") && !taken.has(flag));
if (useless.length > 0) {
  console.error(`Nothing that was asked for takes ${useless.join(", ")}; npm run bench -- --help tells what does`);
  process.exit(2);
}

/** Those given that it takes: `--name value`, `--name=value` or `--name`. */
function flagsFor(benchmark: Benchmark): string[] {
  const names: readonly string[] = benchmarks[benchmark].map((flag) => `--${flag}`);
  return flags.flatMap((flag, index) => {
    const [name = ""] = flag.split("=");
    if (!names.includes(name)) return [];
    const value = flags[index + 1];
    return flag.includes("=") || value === undefined || value.startsWith("--") ? [flag] : [flag, value];
  });
}

let running: ReturnType<typeof spawn> | undefined;
let interrupted = false;
for (const name of ["SIGINT", "SIGTERM"] as const) {
  process.on(name, () => {
    interrupted = true;
    running?.kill(name);
  });
}
const failed: string[] = [];
for (const { name, file, args } of runs) {
  if (interrupted) break;
  console.log(`\n# ${name}`);
  const path = fileURLToPath(new URL(`./${file}.ts`, import.meta.url));
  running = spawn(process.execPath, [path, ...args], { stdio: "inherit" });
  const [code] = (await once(running, "exit")) as [number | null];
  if (code !== 0) failed.push(name);
}
if (failed.length > 0 && !interrupted) console.log(`\nFailed: ${failed.join(", ")}`);
process.exitCode = interrupted ? 130 : failed.length > 0 ? 1 : 0;
