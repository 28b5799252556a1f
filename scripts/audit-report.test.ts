import { expect, test } from "vitest";
import { readAudit } from "./audit-report.ts";

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
