/** What `npm audit --omit=dev --json` says. */
export type AuditResult =
  | { kind: "clean" }
  /** `name: severity`, of high and critical severity. */
  | { kind: "vulnerable"; packages: string[] }
  /** The registry does not answer such questions: nothing is known. */
  | { kind: "unknown"; reason: string };

const grave = new Set(["high", "critical"]);

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

/** Which registry it is says nothing. */
function withoutHost(message: string): string {
  return message.replaceAll(/https?:\/\/[^/\s]+/g, "");
}
