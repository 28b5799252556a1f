/**
 * `npm test`: everything that has to hold before a change lands, ending with one line that counts the tests.
 * Steps that fail do not stop the later ones, so that one run shows all that is wrong.
 */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BinaryStore, ensureBinaries, kubernetesVersions, renderProgress } from "@fairlead/components";
import { builtWeb } from "@fairlead/web/build";
import { openVpnPackages, openVpnPrograms } from "../packages/control-plane/src/tunnel/openvpn-programs.fixture.ts";
import { chromiumPath } from "../test/browser/chromium.ts";
import { ensureFromDebian } from "./debian-packages.ts";

interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: { name: string; status: string; message: string }[];
}

const checks: [name: string, command: string, ...args: string[]][] = [
  ["types", "tsc", "-p", "tsconfig.json"],
  ["types of the web UI", "tsc", "-p", "packages/web/tsconfig.json"],
  ["types of the browser tests", "tsc", "-p", "test/tsconfig.json"],
  ["format and lint", "biome", "check", "--error-on-warnings", "."],
  ["typed lint", "oxlint", "--type-aware", "--deny-warnings", "packages", "scripts", "bench", "test"],
  ["unused code", "knip", "--no-progress"],
  ["known vulnerabilities", "node", "scripts/audit.ts"],
];

/** An older Kubernetes takes minutes to build: what needs it runs where it is there already, and by a command of its own. */
const components = [
  "etcd",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kube-proxy",
  "kwok",
  "proxy-server",
  "proxy-agent",
  "registry",
  "helm",
  "kubectl",
  "moto_server",
] as const;

const failedChecks: string[] = [];
for (const [name, command, ...args] of checks) {
  const started = performance.now();
  console.log(`\n▶ ${name}: ${[command, ...args].join(" ")}`);
  const code = await run(command, args);
  console.log(`${code === 0 ? "✔" : "✖"} ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  if (code !== 0) failedChecks.push(name);
}

console.log("\n▶ real components");
const display = renderProgress();
try {
  await ensureBinaries(components, display);
} finally {
  await display.finish();
}

console.log("\n▶ web UI, browser and OpenVPN");
await builtWeb({ onBuild: () => console.log("  building the web UI") });
ensureFromDebian(["chromium"], () => `browser: ${chromiumPath()}`);
ensureFromDebian(openVpnPackages, () => `OpenVPN: ${Object.values(openVpnPrograms()).join(", ")}`);

const missing = await missingKubernetes();
const selection = missing.length > 0 ? ["--project", "!upgrade"] : [];
if (missing.length > 0) {
  console.log(`▶ Kubernetes ${missing.join(", ")} is not built here, so upgrades from it are not tested now.`);
  console.log("  `npm run test:upgrade` builds it, which takes minutes, and tests them.");
}

const directory = await mkdtemp(join(tmpdir(), "fairlead-test-"));
try {
  const reportFile = join(directory, "report.json");
  console.log("\n▶ tests: vitest run");
  const code = await run("vitest", [
    "run",
    ...selection,
    "--retry=1",
    "--reporter=./scripts/second-attempts.ts",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${reportFile}`,
  ]);
  const report = JSON.parse(await readFile(reportFile, "utf8")) as Report;
  const skipped = report.numPendingTests + report.numTodoTests;
  const brokenFiles = report.testResults.filter((file) => file.status === "failed" && file.message);
  for (const file of brokenFiles) console.log(`✖ ${file.name}: ${file.message}`);
  if (skipped > 0) failedChecks.push(`${skipped} skipped tests: a check that is not run guards nothing`);
  if (report.numPassedTests === 0) failedChecks.push("no test ran");
  if (code !== 0 && report.numFailedTests === 0) failedChecks.push(`the test runner ended with code ${code}`);
  for (const check of failedChecks) console.log(`✖ failed: ${check}`);
  process.exitCode = code === 0 && failedChecks.length === 0 ? 0 : 1;
  console.log(
    `tests: ${report.numPassedTests} passed, ${report.numFailedTests + failedChecks.length} failed, ${skipped} skipped`,
  );
} finally {
  await rm(directory, { recursive: true, force: true });
}

/** Older Kubernetes versions that a control plane can be made of and this machine does not have yet. */
async function missingKubernetes(): Promise<string[]> {
  const store = new BinaryStore();
  const found = await Promise.all(
    kubernetesVersions().map(async (version) => {
      const names = ["kube-apiserver", "kube-controller-manager", "kube-scheduler"];
      const paths = await Promise.all(names.map((name) => store.find(store.pin(name, version))));
      return paths.includes(undefined) ? version : undefined;
    }),
  );
  return found.filter((version) => version !== undefined);
}

function run(command: string, args: string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["ignore", "inherit", "inherit"] });
    child.on("error", reject);
    child.on("close", (code, signal) => resolve(code ?? (signal ? 1 : 0)));
  });
}
