/** What was found out about known vulnerabilities. */
export type AuditResult =
  | { kind: "clean" }
  /** `name: severity`, of high and critical severity; of Go modules the names of what is known. */
  | { kind: "vulnerable"; packages: string[] }
  /** Whoever should know does not answer: nothing is known. */
  | { kind: "unknown"; reason: string };

const grave = new Set(["high", "critical"]);

/** What `npm audit --omit=dev --json` says. */
export function readAudit(output: string): AuditResult {
  let report: unknown;
  try {
    report = JSON.parse(output.slice(output.indexOf("{")).replace(/\}[^}]*$/, "}"));
  } catch {
    return { kind: "unknown", reason: output.trim().split("\n")[0] || "npm audit printed nothing" };
  }
  const { vulnerabilities, message } = report as {
    vulnerabilities?: Record<string, { severity?: string }>;
    message?: string;
  };
  if (!vulnerabilities) return { kind: "unknown", reason: withoutHost(message ?? "no list of vulnerabilities") };
  const packages = Object.entries(vulnerabilities)
    .filter(([, { severity = "" }]) => grave.has(severity))
    .map(([name, { severity }]) => `${name}: ${severity}`);
  return packages.length > 0 ? { kind: "vulnerable", packages } : { kind: "clean" };
}

/** govulncheck ends with 0 if it found nothing, 3 if it did. Without a status it was ended, since it took too long. */
export function readGoAudit(run: { status: number | null; stdout: string; stderr: string }): AuditResult {
  const { status, stdout, stderr } = run;
  if (status === 0) return { kind: "clean" };
  if (status === 3) return { kind: "vulnerable", packages: [...new Set(stdout.match(/\bGO-\d{4}-\d+\b/g))] };
  if (status === null) return { kind: "unknown", reason: "the Go vulnerability database does not answer in time" };
  const [line = "govulncheck printed nothing"] = stderr.trim().split("\n").slice(-1);
  return { kind: "unknown", reason: withoutHost(line) };
}

/** Which registry it is says nothing. */
function withoutHost(message: string): string {
  return message.replaceAll(/https?:\/\/[^/\s]+/g, "");
}
