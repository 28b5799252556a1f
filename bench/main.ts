// `npm run bench`: every benchmark, or those named: `npm run bench -- rules embedded`, `npm run bench -- burst --clusters 1000`.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Each runs alone. */
const single = ["rules", "rules-filter", "embedded", "memory"];
/** These share one fleet of clusters, and so one process. */
const ofFleet = ["burst", "idle", "start-up"];
const all = [...single, ...ofFleet];

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
  ...chosen.filter((name) => single.includes(name)).map((name) => ({ name, file: name, args: [] as string[] })),
  ...(fleet.length > 0 ? [{ name: fleet.join(", "), file: "fleet", args: [...fleet, ...flags] }] : []),
];
const failed = runs.filter(({ name, file, args }) => {
  console.log(`\n# ${name}`);
  const path = fileURLToPath(new URL(`./${file}.ts`, import.meta.url));
  return spawnSync(process.execPath, [path, ...args], { stdio: "inherit" }).status !== 0;
});
if (failed.length > 0) console.log(`\nGoals missed: ${failed.map(({ name }) => name).join(", ")}`);
process.exitCode = failed.length > 0 ? 1 : 0;
