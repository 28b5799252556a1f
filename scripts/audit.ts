/**
 * `npm run audit`: known vulnerabilities of the packages that run in production. High and critical ones fail. A registry that does not
 * answer is no pass: it is said loudly, and fails where FAIRLEAD_AUDIT=required (decision 0035).
 */
import { spawnSync } from "node:child_process";
import { readAudit } from "./audit-report.ts";

const { stdout, stderr } = spawnSync("npm", ["audit", "--omit=dev", "--json"], { encoding: "utf8", timeout: 120_000 });
const result = readAudit(stdout || stderr || "");
switch (result.kind) {
  case "clean":
    console.log("✔ no known vulnerability of high or critical severity in production packages");
    break;
  case "vulnerable":
    console.log(`✖ known vulnerabilities: ${result.packages.join(", ")}`);
    process.exitCode = 1;
    break;
  case "unknown":
    console.log(`⚠ NOT CHECKED for known vulnerabilities: the registry does not answer npm audit (${result.reason}).`);
    console.log("  Run `npm run audit` against a registry that does before a release.");
    if (process.env.FAIRLEAD_AUDIT === "required") process.exitCode = 1;
    break;
}
