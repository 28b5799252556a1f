// `npm run bench`: every benchmark, or those named: `npm run bench -- rules embedded`.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const all = ["rules", "rules-filter", "embedded"];
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(", ")}; there are ${all.join(", ")}`);
  process.exit(2);
}
const failed = (wanted.length > 0 ? wanted : all).filter((name) => {
  console.log(`\n# ${name}`);
  const file = fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
  return spawnSync(process.execPath, [file], { stdio: "inherit" }).status !== 0;
});
if (failed.length > 0) console.log(`\nGoals missed: ${failed.join(", ")}`);
process.exitCode = failed.length > 0 ? 1 : 0;
