// `npm run bench`: every benchmark, or those named: `npm run bench -- rules embedded`, `npm run bench -- burst --clusters 1000`.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** Each runs alone; with the flags that it takes besides `--gate`. */
const single: Record<string, readonly string[]> = {
  rules: [],
  "rules-filter": [],
  embedded: [],
  memory: [],
  wave: ["--clusters", "--max-concurrent", "--requests"],
  api: ["--clusters", "--clients", "--requests", "--manager-arg"],
};
/** These share one fleet of clusters, and so one process, which takes all flags. */
const ofFleet = ["burst", "idle", "start-up"];
const all = [...Object.keys(single), ...ofFleet];

const parameters = process.argv.slice(2);
const firstFlag = parameters.findIndex((parameter) => parameter.startsWith("-"));
const wanted = firstFlag < 0 ? parameters : parameters.slice(0, firstFlag);
const flags = firstFlag < 0 ? [] : parameters.slice(firstFlag);
const unknown = wanted.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(", ")}; there are ${all.join(", ")}`);
  process.exit(2);
}
const chosen = wanted.length > 0 ? wanted : all;
const fleet = chosen.filter((name) => ofFleet.includes(name));
const runs = [
  ...chosen
    .filter((name) => name in single)
    .map((name) => ({ name, file: name, args: flagsOf([...(single[name] ?? []), "--gate"]) })),
  ...(fleet.length > 0 ? [{ name: fleet.join(", "), file: "fleet", args: [...fleet, ...flags] }] : []),
];

/** Those given that are among these: `--name value`, `--name=value` or, of `--gate`, `--name`. */
function flagsOf(names: readonly string[]): string[] {
  return flags.flatMap((flag, index) => {
    const [name = ""] = flag.split("=");
    if (!flag.startsWith("--") || !names.includes(name)) return [];
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
