import { expect, test } from "vitest";
import { readAudit, readGoAudit } from "./audit-report.ts";

test.each([
  ["nothing found", '{"auditReportVersion":2,"vulnerabilities":{}}', { kind: "clean" }],
  ["moderate ones only", '{"vulnerabilities":{"a":{"severity":"moderate"}}}', { kind: "clean" }],
  [
    "grave ones",
    '{"vulnerabilities":{"a":{"severity":"high"},"b":{"severity":"low"},"c":{"severity":"critical"}}}',
    { kind: "vulnerable", packages: ["a: high", "c: critical"] },
  ],
  [
    "a registry that refuses",
    'npm error audit endpoint returned an error\n{"message":"405 Method Not Allowed - POST https://registry.example.com/-/x"}\nnpm error A complete log',
    { kind: "unknown", reason: "405 Method Not Allowed - POST /-/x" },
  ],
  ["no network", "npm error network", { kind: "unknown", reason: "npm error network" }],
  ["nothing at all", "", { kind: "unknown", reason: "npm audit printed nothing" }],
])("%s", (_what, output, expected) => expect(readAudit(output)).toEqual(expected));

test.each([
  ["nothing found", { status: 0, stdout: "No vulnerabilities found.\n", stderr: "" }, { kind: "clean" }],
  [
    "some",
    { status: 3, stdout: "Vulnerability #1: GO-2026-1234\n  More info: GO-2026-1234\nGO-2026-2\n", stderr: "" },
    { kind: "vulnerable", packages: ["GO-2026-1234", "GO-2026-2"] },
  ],
  [
    "no database",
    {
      status: 1,
      stdout: "",
      stderr: 'govulncheck: fetching vulnerabilities: Get "https://db.example.com/index": no such host\n',
    },
    { kind: "unknown", reason: 'govulncheck: fetching vulnerabilities: Get "/index": no such host' },
  ],
  [
    "a database that is silent",
    { status: null, stdout: "", stderr: "" },
    { kind: "unknown", reason: "the Go vulnerability database does not answer in time" },
  ],
])("govulncheck: %s", (_what, run, expected) => expect(readGoAudit(run)).toEqual(expected));
