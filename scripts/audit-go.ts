/**
 * `npm run audit:go`: known vulnerabilities of the Go programs that Fairlead runs, by govulncheck: it reads in each program which modules
 * it is made of. A database that does not answer is no pass: it is said loudly, and fails where FAIRLEAD_AUDIT=required (decision 0035).
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BinaryName, binaryPins, resolveBinary } from "@fairlead/components";
import { readGoAudit } from "./audit-report.ts";

const govulncheck = "golang.org/x/vuln/cmd/govulncheck@v1.9.0";
const installTimeoutMs = 300_000;
const answerTimeoutMs = 60_000;

const directory = mkdtempSync(join(tmpdir(), "fairlead-audit-"));
try {
  const env = { ...process.env, GOBIN: directory };
  const install = spawnSync("go", ["install", govulncheck], { encoding: "utf8", timeout: installTimeoutMs, env });
  if (install.status === 0) await auditAll(join(directory, "govulncheck"));
  else
    notChecked(
      `govulncheck cannot be installed: ${install.error?.message ?? install.stderr.trim().split("\n").at(-1)}`,
    );
} finally {
  rmSync(directory, { recursive: true, force: true });
}

async function auditAll(program: string): Promise<void> {
  const names = new Set<string>(
    binaryPins().flatMap(({ name, source }) => (source.kind === "python-packages" ? [] : [name])),
  );
  for (const name of names) {
    const args = ["-mode", "binary", "-scan", "module", await resolveBinary(name as BinaryName)];
    const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8", timeout: answerTimeoutMs });
    const result = readGoAudit({ status, stdout, stderr });
    switch (result.kind) {
      case "clean":
        console.log(`✔ ${name}: no known vulnerability`);
        break;
      case "vulnerable":
        console.log(`✖ ${name}: ${result.packages.join(", ")}`);
        process.exitCode = 1;
        break;
      case "unknown":
        notChecked(`${name} and those after it: ${result.reason}`);
        return;
    }
  }
}

function notChecked(reason: string): void {
  console.log(`⚠ NOT CHECKED for known vulnerabilities: ${reason}.`);
  console.log("  Run `npm run audit:go` where the Go vulnerability database answers before a release.");
  if (process.env.FAIRLEAD_AUDIT === "required") process.exitCode = 1;
}
