/**
 * `npm run verify:charts -- DIR`: whether packages of Cilium's chart (the official ones, or Fairlead's stand-ins) can be
 * installed, upgraded and changed through Fairlead. Exit code 0: all of it; 1: not; 130: interrupted.
 */
import { describeError } from "../packages/cli/src/describe-error.ts";
import { Interruption } from "../packages/cli/src/interruption.ts";
import { verifyCharts } from "../packages/cli/src/verify-charts/verify-charts.ts";

const [directory, ...others] = process.argv.slice(2);
if (!directory || others.length > 0) {
  console.error("Usage: npm run verify:charts -- DIR, a directory that holds packages cilium-<version>.tgz");
  process.exit(2);
}
using interruption = new Interruption();
try {
  await verifyCharts({ directory, write: (line) => console.log(line), signal: interruption.signal });
} catch (error) {
  const { lines, exitCode } = describeError(error);
  for (const line of lines) console.error(line);
  process.exitCode = exitCode;
}
